/** What passes between the steps: the network's side of a Volume. */
import type { Stage } from './errors';
import type { Grid } from './grid';

/** NHWC, ready for the network: every value already through the model's recipe, 0 to 1. */
export interface NetworkInput {
  readonly shape: readonly [slices: number, rows: number, cols: number, channels: 1];
  readonly values: Float32Array;
}

/** Where the network's slices came from: all that `restore` needs to put its answer back. */
export interface Placement {
  readonly sourceGrid: Grid;
  /** The part of the network's picture that the resampled slice fills; the rest is padding. */
  readonly content: { readonly top: number; readonly left: number; readonly rows: number; readonly cols: number };
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
