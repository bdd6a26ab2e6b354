/** Probabilities → lesions: threshold, connected components, smallest size. */
import type { DelineationRule, Mask, ProbabilityMap } from '../domain/volume';
import { volumeLabels } from '../domain/sharedArrays';
import { findRuns, joinRuns, type Runs } from './runs';

/** A Mask's labels are 16 bit. */
const MOST_LESIONS = 65_535;

/**
 * A voxel is lesion if its probability is at or above the threshold; voxels that touch, corners included, are one
 * lesion: 8-connected in an image, 26-connected in a volume. Components under `minVoxelCount` are dropped.
 *
 * @returns labels 1 … by descending voxel count, ties by the first voxel in memory order; of more than 65535
 *   components the smallest are left out
 *
 * The threshold is compared as float32, like the probabilities: 0.35 then includes a stored 0.35. NaN is background.
 */
export function delineate(map: ProbabilityMap, rule: DelineationRule): Mask {
  const runs = findRuns(map.probabilities, map.grid.dims, Math.fround(rule.threshold));
  const component = joinRuns(runs, map.grid.dims);
  const label = labelBySize(runs, component, rule.minVoxelCount);
  const labels = volumeLabels(map.probabilities.length);
  for (let run = 0; run < runs.count; run++) {
    const id = label[component[run]!]!;
    if (id > 0) labels.fill(id, runs.start[run]!, runs.end[run]!);
  }
  return { grid: map.grid, labels };
}

/** For each component (the number of its first run) its label, 0 where it is not kept. */
function labelBySize(runs: Runs, component: Int32Array, minVoxelCount: number): Uint16Array {
  const voxelCounts = new Int32Array(runs.count);
  for (let run = 0; run < runs.count; run++) voxelCounts[component[run]!]! += runs.end[run]! - runs.start[run]!;
  const kept: number[] = [];
  for (let run = 0; run < runs.count; run++) {
    if (component[run] === run && voxelCounts[run]! >= minVoxelCount) kept.push(run);
  }
  // A stable sort: equal counts stay in the order of their first voxels.
  kept.sort((a, b) => voxelCounts[b]! - voxelCounts[a]!);
  const label = new Uint16Array(runs.count);
  kept.slice(0, MOST_LESIONS).forEach((run, rank) => (label[run] = rank + 1));
  return label;
}
