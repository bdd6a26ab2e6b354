/** The lesions of a mask, in numbers. */
import { assertSameGrid, ijk } from '../domain/grid';
import type { Lesion, Mask, ProbabilityMap } from '../domain/volume';

/**
 * One pass over mask and probabilities.
 *
 * @returns one Lesion for each label, by rising id
 * @throws RangeError if mask and map are on different grids
 */
export function measure(mask: Mask, map: ProbabilityMap): Lesion[] {
  assertSameGrid(mask.grid, map.grid);
  const [ni, nj, nk] = mask.grid.dims;
  const tallies = new Map<number, Tally>();
  let voxel = 0;
  for (let k = 0; k < nk; k++) {
    for (let j = 0; j < nj; j++) {
      for (let i = 0; i < ni; i++, voxel++) {
        const id = mask.labels[voxel]!;
        if (id === 0) continue;
        let tally = tallies.get(id);
        if (tally === undefined) tallies.set(id, (tally = emptyTally(k)));
        const probability = map.probabilities[voxel]!;
        tally.voxelCount++;
        tally.sumI += i;
        tally.sumJ += j;
        tally.sumK += k;
        tally.sumProbability += probability;
        if (probability > tally.maxProbability) tally.maxProbability = probability;
        tally.lastSlice = k;
      }
    }
  }
  return [...tallies]
    .sort(([a], [b]) => a - b)
    .map(([id, { voxelCount, sumI, sumJ, sumK, sumProbability, maxProbability, firstSlice, lastSlice }]) => ({
      id,
      voxelCount,
      centroid: ijk(sumI / voxelCount, sumJ / voxelCount, sumK / voxelCount),
      meanProbability: sumProbability / voxelCount,
      maxProbability,
      slices: [firstSlice, lastSlice],
    }));
}

interface Tally {
  voxelCount: number;
  sumI: number;
  sumJ: number;
  sumK: number;
  sumProbability: number;
  maxProbability: number;
  readonly firstSlice: number;
  lastSlice: number;
}

const emptyTally = (slice: number): Tally => ({
  voxelCount: 0,
  sumI: 0,
  sumJ: 0,
  sumK: 0,
  sumProbability: 0,
  maxProbability: 0,
  firstSlice: slice,
  lastSlice: slice,
});
