import { expect, test } from 'vitest';
import { isNearIsotropic } from '../domain/sliceFrame';
import type { Volume } from '../domain/volume';
import { labelsOn, storages, storedPhantom } from './fixtures/labelledPhantom';
import { networkOf, plainNetwork, untouched } from './fixtures/plainNetwork';
import { outline } from './outline';
import { segmentTriPlanar } from './segmentTriPlanar';

const columns = [[1.2, 0, 0], [0, 1, 0], [0, 0, 1.1]] as const; // prettier-ignore

function volumeOf(mm: readonly [number, number, number], storage = storages[0]!): Volume {
  const { grid, voxels } = storedPhantom(storage, [[mm[0], 0, 0], [0, mm[1], 0], [0, 0, mm[2]]]); // prettier-ignore
  const intensities = Float32Array.from(voxels);
  return { grid, intensities, isEightBit: false, origin: { kind: 'volume', format: 'NRRD' }, sequence: 'unknown', warnings: [] }; // prettier-ignore
}

test('what all three planes agree on comes out where it lies, however it is stored', async () => {
  for (const storage of [storages[0]!, storages[19]!, storages[46]!]) {
    const volume = volumeOf([1.2, 1, 1.1], storage);
    const map = await segmentTriPlanar(volume, plainNetwork, untouched, () => Promise.resolve());
    const { mask } = outline(map, { threshold: 0.5, minVoxelCount: 1 });
    expect(mask.labels).toEqual(labelsOn(volume.grid, columns));
  }
});

test('what one plane alone says counts a third, and the first is the volume’s own', async () => {
  const volume = volumeOf([1, 1, 1]);
  const shown: number[] = [];
  let isFirst = true;
  /** Sees lesion everywhere in the first plane, and nothing after. */
  const network = networkOf((slice) => new Float32Array(slice.length).fill(isFirst ? 1 : 0));
  const endOfFirst = async (stage: string, done: number, total: number) => {
    if (stage === 'infer' && 3 * done >= total) isFirst = false;
  };
  const { probabilities } = await segmentTriPlanar(volume, network, untouched, endOfFirst, ({ slice }) =>
    shown.push(slice),
  );
  expect(new Set(probabilities)).toEqual(new Set([0, Math.fround(1 / 3)]));
  expect(shown.every((slice, n) => n === 0 || slice > shown[n - 1]!)).toBe(true);
  expect(shown.length).toBeLessThanOrEqual(36);
});

test('progress counts through all three planes and never goes back', async () => {
  let before = 0;
  await segmentTriPlanar(volumeOf([1, 1, 1]), plainNetwork, untouched, async (stage, done, total) => {
    if (stage !== 'infer') return;
    expect(done / total).toBeGreaterThanOrEqual(before);
    before = done / total;
  });
  expect(before).toBe(1);
});

test('a volume of thick slices, and a picture, are not for three planes', async () => {
  const thick = volumeOf([1, 1, 1.6]);
  expect(isNearIsotropic(thick.grid)).toBe(false);
  expect(isNearIsotropic(volumeOf([1, 1, 1.5]).grid)).toBe(true);
  expect(isNearIsotropic({ dims: [4, 4, 1], space: { kind: 'pixels' } })).toBe(false);
  await expect(segmentTriPlanar(thick, plainNetwork, untouched, () => Promise.resolve())).rejects.toThrow(RangeError);
});
