/**
 * `npm run faults:losses`: 20 slices, and the GPU's device lost in the middle of each. Every probability must be that of the
 * undisturbed run to the bit, and nothing may be left behind: GPU bytes, buffers, devices, heap. Once more with one loss, of a
 * device that has answered wrongly for one slice. Build first.
 */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { root, withPage } from './launch';
import { held, openTapped, segmentAndClose, stack, tapped } from './longRun';
import { shippedModel, shrunken } from './smallModel';

const slices = 20;
const model = await shrunken(await shippedModel('attention-unet-t1ce'), 8);
const timeout = 1_500_000;
const MiB = 2 ** 20;

const found = await withPage(async (browser, address) => {
  const run = async (fault: object) => {
    const page = await openTapped(browser, address, 'backend=webgpu', model, fault);
    // What is made once is made by the first slice.
    await segmentAndClose(page, stack(1, 'first.tif'), timeout);
    const before = await held(page);
    const started = performance.now();
    await segmentAndClose(page, stack(slices, 'stack.tif'), timeout);
    const seconds = (performance.now() - started) / 1000;
    const after = await held(page);
    const { maps, strikes } = await tapped(page);
    await page.context().close();
    if (maps.length !== 2)
      throw new Error(`Two maps must be hashed, of the first slice and of the stack. Received ${maps.length}`);
    return { map: maps.join('\n'), strikes, before, after, seconds };
  };
  const undisturbed = await run({ name: 'count' });
  // One of them in the single slice before.
  const lost = await run({ name: 'lost-in-every-slice', times: -1 });
  const goneBad = await run({ name: 'gone-bad-then-lost', at: 10 });
  return { undisturbed, lost, goneBad };
});

const { undisturbed, lost, goneBad } = found;
const isSame = lost.map === undisturbed.map && goneBad.map === undisturbed.map;
const grown = {
  gpuBytes: lost.after.gpuBytes - lost.before.gpuBytes,
  gpuBuffers: lost.after.gpuBuffers - lost.before.gpuBuffers,
  gpuDevices: lost.after.gpuDevices - lost.before.gpuDevices,
  heapBytes: lost.after.heapBytes - lost.before.heapBytes,
};
console.log(
  `${lost.strikes} devices lost in ${slices} + 1 slices (${lost.seconds.toFixed(0)} s; undisturbed ${undisturbed.seconds.toFixed(0)} s)`,
);
console.log(`probabilities ${isSame ? 'equal to the bit' : 'DIFFER'}`);
console.log(
  `left behind: ${(grown.gpuBytes / MiB).toFixed(2)} MiB on the GPU, ${grown.gpuBuffers} buffers, ${grown.gpuDevices} devices, ${(grown.heapBytes / MiB).toFixed(1)} MiB of heap`,
);
await writeFile(
  path.join(root, 'faults-losses.json'),
  `${JSON.stringify({ ...found, grown, isSame }, undefined, 2)}\n`,
);
// Slices that nothing had confirmed are asked again, and lost again.
const isClean = grown.gpuBytes <= 0 && grown.gpuBuffers <= 0 && grown.gpuDevices === 0 && grown.heapBytes < 8 * MiB;
process.exitCode = isSame && isClean && lost.strikes > slices && goneBad.strikes === 1 ? 0 : 1;
