import { expect, test } from 'vitest';
import type { Volume } from '../domain/volume';
import type { Network } from '../infer/network';
import { storages, storedPhantom } from './fixtures/labelledPhantom';
import { plainNetwork, untouched } from './fixtures/plainNetwork';
import { segment } from './segment';

const noCheckpoint = () => Promise.resolve();

test('where the network does not vouch for its answers, the volume is run again from its own pictures', async () => {
  const { grid, voxels } = storedPhantom(storages[0]!, [[1, 0, 0], [0, 1, 0], [0, 0, 3]]); // prettier-ignore
  const intensities = Float32Array.from(voxels);
  const volume: Volume = { grid, intensities, isEightBit: false, origin: { kind: 'volume', format: 'NRRD' }, sequence: 'unknown', warnings: [] }; // prettier-ignore
  const halving = {
    ...plainNetwork,
    probabilities: async (slice: Float32Array) => slice.map((p) => p / 2),
  } as unknown as Network;
  const doubted = {
    ...halving,
    async vouchFor(slices: () => Promise<unknown>) {
      await slices();
      return slices();
    },
  } as unknown as Network;
  const once = await segment(volume, halving, untouched, noCheckpoint);
  expect(Math.max(...once.probabilities)).toBeGreaterThan(0.4);
  expect(await segment(volume, doubted, untouched, noCheckpoint)).toEqual(once);
});
