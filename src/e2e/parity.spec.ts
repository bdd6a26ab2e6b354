/** The shipped pipeline against PyTorch with the same float16 weights, on real slices: in Node and in the browser. */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { choose, downloads, expect, greyPng, reach, test, type Picture } from './journey';
import { cannotCompare, largestDifference, probabilitiesByPytorch, realSlices, whyNot } from './realSlices';

const root = path.resolve(import.meta.dirname, '../..');
const sliceCount = 20;
const tolerance = 1e-4;

for (const [modelId, network] of [
  ['nested-unet-t1ce', 'nested-unet'],
  ['attention-unet-t1ce', 'attention-unet'],
] as const) {
  test(`${modelId} in Node and in the browser’s wasm agrees with PyTorch on ${sliceCount} real slices`, async ({
    page,
  }, info) => {
    test.skip(cannotCompare, whyNot);
    test.setTimeout(300_000);
    const files = await realSlices(sliceCount);
    const reference = await probabilitiesByPytorch(modelId, files);

    const out = await mkdtemp(path.join(tmpdir(), 'metsight-parity-'));
    const main = path.join(root, 'src/cli/main.ts');
    const args = ['--import', 'tsx', main, 'segment', ...files, '--model', modelId, '--out', out, '--probability'];
    await promisify(execFile)(process.execPath, args, { cwd: root });

    await page.goto(`?backend=wasm&network=${network}`);
    const largest = { node: 0, browser: 0 };
    for (const file of files) {
      const { name, base } = path.parse(file);
      const byNode = greyPng(await readFile(path.join(out, `${name}.probability.png`)));
      largest.node = Math.max(largest.node, largestDifference(byNode.values, reference.get(name)!));

      const picture: Picture = { name: base, buffer: await readFile(file), mimeType: 'image/webp' };
      await choose(page, picture);
      await expect(page.getByText(base).first()).toBeVisible();
      await reach(page, 'segmented');
      const button = page.getByRole('button', { name: 'Download probability map' });
      const saved = await downloads(page, 1, () => button.click());
      const byBrowser = greyPng(saved.get(`${name}.probability.png`)!);
      largest.browser = Math.max(largest.browser, largestDifference(byBrowser.values, reference.get(name)!));
    }
    info.annotations.push({ type: 'parity', description: JSON.stringify({ modelId, n: files.length, ...largest }) });
    console.log(
      `${modelId}: largest |Δp| over ${files.length} slices: Node ${largest.node}, browser ${largest.browser}`,
    );
    expect(largest.node).toBeLessThanOrEqual(tolerance);
    expect(largest.browser).toBeLessThanOrEqual(tolerance);
  });
}
