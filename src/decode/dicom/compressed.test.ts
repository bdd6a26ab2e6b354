/** Compressed pixels against what was compressed: the seeds that other programs wrote (src/fuzz/seeds/README.txt). */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { concatenate } from '../concatenate';
import { decode } from '../decode';
import { survey } from '../survey';

const seed = (name: string) => new Uint8Array(readFileSync(new URL(`../../fuzz/seeds/${name}.dcm`, import.meta.url)));
const gdcm = new URL(
  '../../../node_modules/@itk-wasm/image-io/dist/pipelines/gdcm-read-image.wasm.zst',
  import.meta.url,
);
const assets = () => Promise.resolve(new Uint8Array(readFileSync(gdcm)));
const noCheckpoint = () => Promise.resolve();

const [columns, rows] = [36, 34];

/** As drawn in `dicomSeeds.ts`: a ramp of 12 bits, with its rescale. */
const drawn = Float32Array.from({ length: columns * rows }, (_, n) => ((n * 11) % 4000) * 1.5 - 5);

async function intensitiesOf(...files: readonly Uint8Array<ArrayBuffer>[]): Promise<Float32Array> {
  const named = files.map((bytes, n) => ({ path: `s/${n}.dcm`, blob: new Blob([bytes]) }));
  const { scans, refused } = await survey(named, assets, noCheckpoint);
  expect(refused).toEqual([]);
  const volume = await decode(scans[0]!, assets, noCheckpoint);
  expect(volume.grid.dims).toEqual([columns, rows, 1]);
  return volume.intensities;
}

describe('a slice is to the last bit what was drawn, compressed as', () => {
  test.each(['jpeg-lossless', 'jpeg-ls', 'jpeg-2000'])('%s', async (name) => {
    expect(await intensitiesOf(seed(name))).toEqual(drawn);
  });
});

/** DCMTK spreads the values over the new range before it compresses with loss. */
test.each([
  ['jpeg8', 255 / 3997, 0, 12],
  ['jpeg12', 0.75, 510, 8],
])('with loss it is near: %s', async (name, slope, intercept, nearMost) => {
  const read = await intensitiesOf(seed(name));
  const errors = read.map((value, n) => Math.abs(value - (((n * 11) % 4000) * slope + intercept))).sort();
  expect(errors[Math.floor(0.95 * errors.length)]!).toBeLessThan(nearMost);
});

test('one image in two compressions is one image; in another scale it is none', async () => {
  expect(await intensitiesOf(seed('jpeg-ls'), seed('jpeg-lossless'))).toEqual(drawn);
  // RescaleSlope "1.5 " (0028,1053) made 2.5.
  const other = seed('jpeg-lossless');
  const at = Buffer.from(other).indexOf(concatenate([Uint8Array.of(0x28, 0, 0x53, 0x10), Buffer.from('DS')]));
  other[at + 8] = '2'.charCodeAt(0);
  await expect(intensitiesOf(seed('jpeg-ls'), other)).rejects.toThrow();
});
