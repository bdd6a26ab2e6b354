import { expect, test } from 'vitest';
import type { Volume } from '../domain/volume';
import type { Answer, Network } from '../infer/network';
import { storages, storedPhantom } from './fixtures/labelledPhantom';
import { networkOf, untouched } from './fixtures/plainNetwork';
import { segment } from './segment';

const noCheckpoint = () => Promise.resolve();

test('slices that are asked again, because nothing confirms their answers, are asked from their own pictures', async () => {
  const { grid, voxels } = storedPhantom(storages[0]!, [[1, 0, 0], [0, 1, 0], [0, 0, 3]]); // prettier-ignore
  const intensities = Float32Array.from(voxels);
  const volume: Volume = { grid, intensities, isEightBit: false, origin: { kind: 'volume', format: 'NRRD' }, sequence: 'unknown', warnings: [] }; // prettier-ignore
  const halving = networkOf((slice) => slice.map((p) => p / 2));
  let asked = 0;
  const [lost, fresh] = [{}, {}];
  const replacedOnce = {
    ...halving,
    async probabilities(slice: Float32Array, isCheckDue: boolean): Promise<Answer> {
      if (++asked < 4) return { probabilities: slice.map(() => 0.9), device: lost, isConfirmed: false };
      return { ...(await halving.probabilities(slice)), device: fresh, isConfirmed: isCheckDue };
    },
  } as unknown as Network;
  const shown: number[] = [];
  const once = await segment(volume, halving, untouched, noCheckpoint, ({ slice }) => shown.push(slice));
  const slices = shown.splice(0);
  expect(Math.max(...once.probabilities)).toBeGreaterThan(0.4);
  const twice = await segment(volume, replacedOnce, untouched, noCheckpoint, ({ slice }) => shown.push(slice));
  expect(twice.probabilities).toEqual(once.probabilities);
  expect(asked).toBe(slices.length + 3);
  expect(shown).toEqual([...slices.slice(0, 4), ...slices.slice(0, 3), ...slices.slice(4)]);
});

test('a first look at a slice in two windows holds nothing of a device that was replaced, whichever window is asked again', async () => {
  // 352 mm wide.
  const { grid, voxels } = storedPhantom(storages[0]!, [[8, 0, 0], [0, 1, 0], [0, 0, 9]]); // prettier-ignore
  const intensities = Float32Array.from(voxels);
  const volume: Volume = { grid, intensities, isEightBit: false, origin: { kind: 'volume', format: 'NRRD' }, sequence: 'unknown', warnings: [] }; // prettier-ignore
  let asked = 0;
  const [lost, fresh] = [{}, {}];
  const replacedOnce = {
    ...networkOf((slice) => slice),
    async probabilities(slice: Float32Array, isCheckDue: boolean): Promise<Answer> {
      if (++asked < 4) return { probabilities: slice.map(() => 1), device: lost, isConfirmed: false };
      return { probabilities: slice.map(() => 0), device: fresh, isConfirmed: isCheckDue };
    },
  } as unknown as Network;
  const highest = new Map<number, number>();
  await segment(volume, replacedOnce, untouched, noCheckpoint, ({ slice, probabilities }) =>
    highest.set(slice, Math.max(...probabilities)),
  );
  expect(asked).toBe(2 * highest.size + 3);
  expect(Math.max(...highest.values())).toBe(0);
});
