/** What flows through the program. Every array is in the order of `voxelIndex`. */
import type { Grid, Ijk } from './grid';
import type { Warning } from './warnings';

export interface Volume {
  readonly grid: Grid;
  /** As stored, rescale already applied; NaN and infinities possible. Colour has become luminance. */
  readonly intensities: Float32Array;
  /** The source had whole numbers 0..255 only, so the recipe passes them on unchanged. */
  readonly isEightBit: boolean;
  /** Readable oddities met while decoding. */
  readonly warnings: readonly Warning[];
}

export interface ProbabilityMap {
  readonly grid: Grid;
  /** Probability of lesion, 0 to 1. */
  readonly probabilities: Float32Array;
}

export interface Mask {
  readonly grid: Grid;
  /** 0 background, else the `id` of the Lesion the voxel belongs to (1 …). */
  readonly labels: Uint16Array;
}

/** What turns probabilities into a mask. */
export interface DelineationRule {
  /** A voxel is lesion if its probability is at or above this. */
  readonly threshold: number;
  /** Smallest component kept, in voxels (pixels of an image). */
  readonly minVoxelCount: number;
}

/** One connected component of a Mask: 8-connected in an image, 26-connected in a volume. */
export interface Lesion {
  /** 1 for the largest, then descending. */
  readonly id: number;
  readonly voxelCount: number;
  /** Mean voxel place, in voxels of the Grid. */
  readonly centroid: Ijk;
  readonly meanProbability: number;
  readonly maxProbability: number;
  /** Slices k it touches, first and last. */
  readonly slices: readonly [first: number, last: number];
}

/** DICOM PS3.3 C.11.2.1.2.1, function LINEAR, in the Volume's intensity units. */
export interface WindowLevel {
  readonly center: number;
  readonly width: number;
}
