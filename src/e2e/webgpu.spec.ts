/** The same probabilities from WebGPU (a software adapter: right, but slow) as from wasm. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Page } from '@playwright/test';
import { choose, downloads, expect, greyPng, reach, test } from './journey';
import { phantomPng } from './pictures';
import { cannotCompare, largestDifference, probabilitiesByPytorch, realSlices, whyNot } from './realSlices';

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

// One real slice by U-Net++ (Attention U-Net is held against wasm above, and wasm against PyTorch); both and more with METSIGHT_WEBGPU_SLICES.
const asked = process.env.METSIGHT_WEBGPU_SLICES;
const sliceCount = Number(asked ?? 1);
const networks = asked === undefined ? ['nested-unet'] : ['nested-unet', 'attention-unet'];

for (const network of networks) {
  test(`${network} on WebGPU agrees with PyTorch on real slices (${sliceCount})`, async ({ page }) => {
    test.skip(cannotCompare, whyNot);
    test.setTimeout(300_000 + sliceCount * 100_000);
    const files = await realSlices(sliceCount);
    const reference = await probabilitiesByPytorch(`${network}-t1ce`, files);
    await page.goto(`?backend=webgpu&network=${network}`);
    let largest = 0;
    for (const file of files) {
      const { name, base } = path.parse(file);
      await choose(page, { name: base, buffer: await readFile(file), mimeType: 'image/webp' });
      await expect(page.getByText(base).first()).toBeVisible();
      await reach(page, 'segmented', 250_000);
      const button = page.getByRole('button', { name: 'Download probability map' });
      const saved = await downloads(page, 1, () => button.click());
      const { values } = greyPng(saved.get(`${name}.probability.png`)!);
      largest = Math.max(largest, largestDifference(values, reference.get(name)!));
    }
    console.log(`${network} on WebGPU: largest |Δp| over ${files.length} slices: ${largest}`);
    expect(largest).toBeLessThanOrEqual(1e-4);
  });
}
