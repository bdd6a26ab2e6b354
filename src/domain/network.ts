/** What passes between the steps: the network's side of a Volume. */
import type { Stage } from './errors';
import type { Grid } from './grid';
import type { SliceFrame } from './sliceFrame';

/** NHWC, ready for the network: every value already through the model's recipe, 0 to 1. */
export interface NetworkInput {
  readonly shape: readonly [slices: number, rows: number, cols: number, channels: 1];
  readonly values: Float32Array;
}

/** Where the network's pictures came from: all that `restore` needs to put its answers back. */
export interface Placement {
  readonly sourceGrid: Grid;
  readonly frame: SliceFrame;
  /** Size of a slice on the network's pixel grid (the recipe's step 2), before it is cut into windows. */
  readonly plane: { readonly rows: number; readonly cols: number };
  /**
   * Top left corners of the network's windows on that plane, the same for every slice; negative where there is padding.
   * The network's pictures come slice by slice, within a slice in this order; slices that hold nothing are left out.
   */
  readonly windows: readonly { readonly top: number; readonly left: number }[];
  /** Which slices have pictures, rising; the others are air and have probability 0. */
  readonly slices: readonly number[];
}

/** Lesion probabilities, 0 to 1, on the network's slices. */
export interface SliceProbabilities {
  readonly shape: readonly [slices: number, rows: number, cols: number];
  readonly values: Float32Array;
}

/**
 * Called between units of real work: reports progress and lets waiting messages in.
 *
 * @throws PipelineFailure `cancelled` if the job was cancelled meanwhile
 */
export type Checkpoint = (stage: Stage, done: number, total: number) => Promise<void>;
