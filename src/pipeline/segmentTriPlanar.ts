/** A near-isotropic volume looked at in three planes, one after the other, and what they say averaged. */
import { voxelCount } from '../domain/grid';
import type { Checkpoint } from '../domain/network';
import { volumeFloats } from '../domain/sharedArrays';
import { frameOfPlane, isNearIsotropic, planes, sliceFrameOf } from '../domain/sliceFrame';
import type { ProbabilityMap, Volume } from '../domain/volume';
import type { Network } from '../infer/network';
import type { Clahe } from '../preprocess/clahe';
import { type PartialSlice, segment } from './segment';

/**
 * The mean of the probabilities in each voxel. The volume's own plane comes first; two maps are held at a time.
 *
 * @param show  is given each slice of the volume's own plane as soon as it is known
 * @throws RangeError for a volume that is not near-isotropic; PipelineFailure as `segment`
 */
export async function segmentTriPlanar(
  volume: Volume,
  network: Network,
  clahe: Clahe,
  checkpoint: Checkpoint,
  show?: (partial: PartialSlice) => void,
): Promise<ProbabilityMap> {
  const { grid } = volume;
  if (!isNearIsotropic(grid)) throw new RangeError('three planes need voxels of about one length in all directions');
  const own = sliceFrameOf(grid);
  const frames = [own, ...planes.filter((plane) => plane !== own.plane).map((plane) => frameOfPlane(grid, plane))];
  const mean = volumeFloats(voxelCount(grid));
  for (const [n, frame] of frames.entries()) {
    const inOrder: Checkpoint = (stage, done, total) => checkpoint(stage, n * total + done, frames.length * total);
    const { probabilities } = await segment(volume, network, clahe, inOrder, n === 0 ? show : undefined, frame);
    for (let voxel = 0; voxel < mean.length; voxel++) mean[voxel]! += probabilities[voxel]!;
  }
  for (let voxel = 0; voxel < mean.length; voxel++) mean[voxel]! /= frames.length;
  return { grid, probabilities: mean };
}
