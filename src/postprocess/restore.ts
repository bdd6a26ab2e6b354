/** Undoes the recipe's placement: the network's answer → the volume's own voxels. */
import { voxelCount } from '../domain/grid';
import type { Placement, SliceProbabilities } from '../domain/network';
import { restoredSlices } from '../domain/restoredSlices';
import { volumeFloats } from '../domain/sharedArrays';
import { sliceLayoutOf, writeSliceInto } from '../domain/sliceLayout';
import type { ProbabilityMap } from '../domain/volume';

/**
 * @returns probabilities in the order of the source's Grid; 0 where the network saw nothing
 * @throws RangeError if the pictures are not those of this placement
 */
export function restore({ shape, values }: SliceProbabilities, placement: Placement): ProbabilityMap {
  const { sourceGrid, frame } = placement;
  const layout = sliceLayoutOf(sourceGrid, frame);
  const probabilities = volumeFloats(voxelCount(sourceGrid));
  for (const restored of restoredSlices(values, shape, placement)) {
    writeSliceInto(probabilities, layout, restored.slice, restored.values);
  }
  return { grid: sourceGrid, probabilities };
}
