/** What flows through the program. Every array is in the order of `voxelIndex`. */
import type { Grid, Ijk } from './grid';
import type { Origin, Sequence } from './scan';
import type { Warning } from './warnings';

export interface Volume {
  readonly grid: Grid;
  /** As stored, rescale already applied; NaN and infinities possible. Colour has become luminance. */
  readonly intensities: Float32Array;
  /** A picture of 8-bit values, which the recipe passes on unchanged. Never a volume: there the type of storage means nothing. */
  readonly isEightBit: boolean;
  readonly origin: Origin;
  readonly sequence: Sequence;
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
  /** Smallest component kept, in voxels (pixels of an image); of a volume, its mm³ divided by the voxel's. */
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
  /** Slices it touches along the Grid's slice axis (k of a picture), first and last. */
  readonly slices: readonly [first: number, last: number];
  /** In the patient's space; undefined where nothing is known in millimetres. */
  readonly extent: LesionExtent | undefined;
}

export interface LesionExtent {
  readonly volumeMm3: number;
  /** Longest distance between two of its voxels' outer edges in the slice where that is largest. */
  readonly longestDiameterMm: number;
  /** Longest one at a right angle to it, in the same slice. */
  readonly perpendicularDiameterMm: number;
  /** Index of that slice along the Grid's slice axis. */
  readonly diameterSlice: number;
  readonly centroidRas: readonly [x: number, y: number, z: number];
  /** By the sizes of `ranoBm`, in the acquisition's own slices; in how many of them it is seen is another question. */
  readonly isMeasurable: boolean;
}

/** DICOM PS3.3 C.11.2.1.2.1, function LINEAR, in the Volume's intensity units. */
export interface WindowLevel {
  readonly center: number;
  readonly width: number;
}
