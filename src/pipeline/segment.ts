/** From a Volume to the probability of lesion in each of its voxels: the main path, one line a step. */
import type { Checkpoint, Placement, SliceProbabilities } from '../domain/network';
import { restoredSlices } from '../domain/restoredSlices';
import { sliceFrameOf } from '../domain/sliceFrame';
import { sliceLayoutOf } from '../domain/sliceLayout';
import type { ProbabilityMap, Volume } from '../domain/volume';
import { infer } from '../infer/infer';
import type { Network } from '../infer/network';
import { restore } from '../postprocess/restore';
import { preprocess } from '../preprocess/preprocess';
import type { Clahe } from '../preprocess/clahe';

/** One slice's answer, before the others are there: as the Grid's slice frame looks at it, row by row. */
export interface PartialSlice {
  /** Index along the frame's slice axis. */
  readonly slice: number;
  readonly rows: number;
  readonly cols: number;
  readonly probabilities: Float32Array;
}

/**
 * @param show  is given each slice of a volume as soon as it is known, and again where it had to be asked again
 * @param frame  how the slices lie: the volume's own way, or another plane's
 * @throws PipelineFailure `cancelled`, `inference-untrusted`, `out-of-memory`
 */
export async function segment(
  volume: Volume,
  network: Network,
  clahe: Clahe,
  checkpoint: Checkpoint,
  show?: (partial: PartialSlice) => void,
  frame = sliceFrameOf(volume.grid),
): Promise<ProbabilityMap> {
  const { input, placement } = await preprocess(volume, network.manifest.preprocess, clahe, checkpoint, frame);
  const isShown = show && placement.slices.length > 1;
  const slices = await infer(
    network,
    input,
    checkpoint,
    isShown ? showingSlices(placement, show) : undefined,
    // Nobody else looks at the pictures; of a large volume they are hundreds of megabytes.
    input.values,
  );
  return restore(slices, placement);
}

/** @returns what is to be told of the pictures so far: the last of them completes a slice, or changes one that is complete */
function showingSlices(placement: Placement, show: (partial: PartialSlice) => void) {
  const windows = placement.windows.length;
  const layout = sliceLayoutOf(placement.sourceGrid, placement.frame);
  let most = 0;
  return ({ shape: [pictures, rows, cols], values }: SliceProbabilities) => {
    most = Math.max(most, pictures);
    const nth = Math.floor((pictures - 1) / windows);
    if (most < (nth + 1) * windows) return;
    const slice = placement.slices[nth]!;
    const own = values.subarray(nth * windows * rows * cols, (nth + 1) * windows * rows * cols);
    for (const restored of restoredSlices(own, [windows, rows, cols], { ...placement, slices: [slice] })) {
      show({ slice, rows: layout.rows, cols: layout.cols, probabilities: Float32Array.from(restored.values) });
    }
  };
}
