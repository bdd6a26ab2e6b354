/** The lesions of a mask, in numbers. */
import { assertSameGrid, ijk } from '../domain/grid';
import { sliceFrameOf } from '../domain/sliceFrame';
import { affineOf } from '../domain/spacing';
import type { Lesion, Mask, ProbabilityMap } from '../domain/volume';
import { extentOf } from './extentOf';
import { lesionSlices } from './lesionSlices';

/**
 * @returns one Lesion for each label, by rising id
 * @throws RangeError if mask and map are on different grids
 */
export function measure(mask: Mask, map: ProbabilityMap): Lesion[] {
  assertSameGrid(mask.grid, map.grid);
  const tallies = tally(mask, map);
  const frame = sliceFrameOf(mask.grid);
  const affine = affineOf(mask.grid);
  const slices = affine === undefined ? [] : lesionSlices(mask, frame, tallies);
  return tallies.flatMap((lesion, id) => {
    if (lesion === undefined) return [];
    const { voxelCount, sum, sumProbability, maxProbability, first, last } = lesion;
    const centroid = ijk(sum[0] / voxelCount, sum[1] / voxelCount, sum[2] / voxelCount);
    const own = slices[id];
    return {
      id,
      voxelCount,
      centroid,
      meanProbability: sumProbability / voxelCount,
      maxProbability,
      slices: [first[frame.axes[2]], last[frame.axes[2]]],
      extent:
        affine === undefined || own === undefined ? undefined : extentOf(affine, frame, voxelCount, centroid, own),
    };
  });
}

/** Labels are 16 bit. */
const LABEL_COUNT = 0x10000;

/** Sums and bounds, each along i, j and k. */
interface Tally {
  voxelCount: number;
  readonly sum: [number, number, number];
  sumProbability: number;
  maxProbability: number;
  readonly first: [number, number, number];
  readonly last: [number, number, number];
}

const emptyTally = (): Tally => ({
  voxelCount: 0,
  sum: [0, 0, 0],
  sumProbability: 0,
  maxProbability: 0,
  first: [Infinity, Infinity, Infinity],
  last: [-1, -1, -1],
});

/** One pass over mask and probabilities; by label. */
function tally({ grid, labels }: Mask, { probabilities }: ProbabilityMap): (Tally | undefined)[] {
  const [ni, nj, nk] = grid.dims;
  const tallies = new Array<Tally | undefined>(LABEL_COUNT);
  let voxel = 0;
  for (let k = 0; k < nk; k++) {
    for (let j = 0; j < nj; j++) {
      for (let i = 0; i < ni; i++, voxel++) {
        const id = labels[voxel]!;
        if (id === 0) continue;
        const lesion = (tallies[id] ??= emptyTally());
        const probability = probabilities[voxel]!;
        lesion.voxelCount++;
        lesion.sumProbability += probability;
        if (probability > lesion.maxProbability) lesion.maxProbability = probability;
        addIndex(lesion, 0, i);
        addIndex(lesion, 1, j);
        addIndex(lesion, 2, k);
      }
    }
  }
  return tallies;
}

function addIndex({ sum, first, last }: Tally, axis: 0 | 1 | 2, index: number): void {
  sum[axis] += index;
  if (index < first[axis]) first[axis] = index;
  if (index > last[axis]) last[axis] = index;
}
