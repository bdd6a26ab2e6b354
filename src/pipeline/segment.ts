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
    isShown ? (known) => showSlice(known, placement, show) : undefined,
    // Nobody else looks at the pictures; of a large volume they are hundreds of megabytes.
    input.values,
  );
  return restore(slices, placement);
}

/** @param known  the pictures so far; the last of them may complete a slice */
function showSlice(known: SliceProbabilities, placement: Placement, show: (partial: PartialSlice) => void) {
  const [pictures, rows, cols] = known.shape;
  const windows = placement.windows.length;
  if (pictures % windows > 0) return;
  const slice = placement.slices[pictures / windows - 1]!;
  const own = known.values.subarray((pictures - windows) * rows * cols, pictures * rows * cols);
  const layout = sliceLayoutOf(placement.sourceGrid, placement.frame);
  for (const { values } of restoredSlices(own, [windows, rows, cols], { ...placement, slices: [slice] })) {
    show({ slice, rows: layout.rows, cols: layout.cols, probabilities: Float32Array.from(values) });
  }
}
