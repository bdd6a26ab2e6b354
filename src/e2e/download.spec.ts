/** What a first visit costs. */
import { gzipSync } from 'node:zlib';
import { expect, reach, test } from './journey';

// With a service worker the browser attributes what it fetches to that worker, and the page's own count stays empty.
test.use({ serviceWorkers: 'block', expectedErrors: [/Service Worker registration blocked/] });

const shellLimitBytes = 150 * 1024;
const firstVisitLimitBytes = 12e6;

test('the page’s shell is small, and nothing of the networks’ programs is in it', async ({ page }) => {
  const html = await (await page.request.get('')).text();
  const linked = [...html.matchAll(/(?:src|href)="(\.\/[^"]+)"/g)].map(([, address]) => address!);
  const parts = await Promise.all(linked.map(async (address) => (await page.request.get(address)).text()));
  expect(linked.length).toBeGreaterThan(1);
  const bytes = [html, ...parts].reduce((sum, text) => sum + gzipSync(text).length, 0);
  expect(bytes).toBeLessThan(shellLimitBytes);
  // Names that minifiers keep.
  for (const text of parts) expect(text).not.toMatch(/WasmBackendModule|GPUBufferUsage|FusedConv2D/);
});

test('a first visit fetches at most 12 MB until the first mask, uncompressed as served here', async ({ page }) => {
  const sizes: Promise<number>[] = [];
  page.on('requestfinished', (request) => {
    if (request.url().startsWith('http')) sizes.push(request.sizes().then(({ responseBodySize }) => responseBodySize));
  });
  await page.goto('?backend=wasm');
  await page.getByRole('button', { name: 'Try a phantom' }).click();
  await reach(page, 'segmented');
  const bytes = (await Promise.all(sizes)).reduce((sum, size) => sum + Math.max(0, size), 0);
  expect(bytes).toBeGreaterThan(5e6);
  expect(bytes).toBeLessThan(firstVisitLimitBytes);
});
