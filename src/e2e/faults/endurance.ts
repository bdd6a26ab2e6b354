/**
 * `npm run endurance`: 2,000 slices in one tab, in stacks of 20 that are opened and closed one after the other. Heap and GPU
 * bytes must stay flat, and the slowest slices (99th percentile) within twice the median. Build first.
 *
 * Options: `--slices 2000`, `--backend wasm|webgpu` (webgpu: the software adapter), `--small` (the network at 32²).
 */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { root, withPage } from './launch';
import { held, openTapped, segmentAndClose, slope, stack, tapped, type Held } from './longRun';
import { shippedModel, shrunken } from './smallModel';

const given = process.argv.slice(2);
const option = (name: string, otherwise: string) =>
  given.includes(name) ? (given[given.indexOf(name) + 1] ?? otherwise) : otherwise;
const perStack = 20;
const backend = option('--backend', 'wasm');
const stacks = Math.ceil(Number(option('--slices', '2000')) / perStack);
const shipped = await shippedModel('attention-unet-t1ce');
const model = given.includes('--small') ? await shrunken(shipped, 8) : shipped;
const MiB = 2 ** 20;

const { samples, times } = await withPage(async (browser, address) => {
  const page = await openTapped(browser, address, `backend=${backend}`, model, { name: 'count' });
  const samples: Held[] = [];
  for (let n = 0; n < stacks; n++) {
    await segmentAndClose(page, stack(perStack, `stack-${n}.tif`), 1_500_000);
    // The first stacks fill what is kept for good: compiled code, pools, the list of shaders.
    if (n >= 2) samples.push(await held(page));
    if (n % 10 === 9)
      console.log(`${(n + 1) * perStack} slices, heap ${(samples.at(-1)!.heapBytes / MiB).toFixed(1)} MiB`);
  }
  const { sliceTimes } = await tapped(page);
  return { samples, times: sliceTimes };
});

/** Progress is told before each slice and after the last one: of a stack, one more than it has slices. */
const durations = times.flatMap((time, at) => (at % (perStack + 1) === perStack ? [] : [times[at + 1]! - time]));
const sorted = durations.toSorted((a, b) => a - b);
const percentile = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!;
const [median, p99] = [percentile(0.5), percentile(0.99)];
const perSlice = (of: (held: Held) => number) => slope(samples.map(of)) / perStack;
const summary = {
  backend,
  size: given.includes('--small') ? 32 : 256,
  slices: durations.length,
  medianMs: median,
  p99Ms: p99,
  heapBytesPerSlice: perSlice(({ heapBytes }) => heapBytes),
  gpuBytesPerSlice: perSlice(({ gpuBytes }) => gpuBytes),
  first: samples[0],
  last: samples.at(-1),
};
console.log(
  `${summary.slices} slices on ${backend} at ${summary.size}²: median ${median.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms (${(p99 / median).toFixed(2)} ×)`,
);
console.log(
  `heap ${summary.heapBytesPerSlice.toFixed(0)} bytes a slice, GPU ${summary.gpuBytesPerSlice.toFixed(0)} bytes a slice`,
);
await writeFile(path.join(root, `endurance-${backend}.json`), `${JSON.stringify(summary, undefined, 2)}\n`);
const isFlat = summary.heapBytesPerSlice * 2000 < 16 * MiB && summary.gpuBytesPerSlice <= 0;
process.exitCode = isFlat && p99 <= 2 * median ? 0 : 1;
