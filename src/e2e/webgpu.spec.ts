/** The same probabilities from WebGPU (a software adapter: right, but slow) as from wasm. */
import type { Page } from '@playwright/test';
import { choose, downloads, expect, greyPng, reach, test } from './journey';
import { phantomPng } from './pictures';

// Half a minute a slice: one slice by one network.
async function probabilities(page: Page, backend: 'webgpu' | 'wasm') {
  await page.goto(`?backend=${backend}&network=attention-unet`);
  await choose(page, phantomPng());
  await reach(page, 'segmented', 200_000);
  await expect(page.getByRole('contentinfo')).toContainText(backend === 'webgpu' ? 'WebGPU' : 'WebAssembly');
  const button = page.getByRole('button', { name: 'Download probability map' });
  const [png] = [...(await downloads(page, 1, () => button.click())).values()];
  return greyPng(png!).values.map((value) => value / 65535);
}

test('WebGPU and wasm agree within 1e-4', async ({ page }) => {
  const wasm = await probabilities(page, 'wasm');
  const webgpu = await probabilities(page, 'webgpu');
  const difference = Math.max(...wasm.map((value, index) => Math.abs(value - webgpu[index]!)));
  expect(difference).toBeLessThanOrEqual(1e-4);
  expect(Math.max(...wasm)).toBeGreaterThan(0);
});
