/** Where voxels are: the one description of geometry that every array in this program shares. */
import type { Brand } from './brand';

/** Number of voxels along i (columns), j (rows) and k (slices). */
export type Dims = readonly [i: number, j: number, k: number];

/** A voxel's place in its array; centres are at whole numbers. */
export type Ijk = Brand<readonly [i: number, j: number, k: number], 'ijk'>;

export const ijk = (i: number, j: number, k: number) => [i, j, k] as unknown as Ijk;

type Row = readonly [number, number, number, number];

/** The upper three rows, row-major, of the matrix that takes [i j k 1] to RAS millimetres (NIfTI's frame). */
export type Affine = readonly [Row, Row, Row];

/** A plain picture has no place in the patient; then nothing is given in millimetres. */
export type Space = { readonly kind: 'pixels' } | { readonly kind: 'patient'; readonly affine: Affine };

/** Memory order of every array on a Grid: i fastest, then j, then k: `index = i + nI * (j + nJ * k)`. */
export interface Grid {
  readonly dims: Dims;
  readonly space: Space;
}

/** Offset of a voxel in its array. */
export function voxelIndex({ dims: [ni, nj] }: Grid, i: number, j: number, k: number): number {
  return i + ni * (j + nj * k);
}

export function voxelCount({ dims: [ni, nj, nk] }: Grid): number {
  return ni * nj * nk;
}

/** @throws RangeError if the two grids differ: arrays meet only on one Grid */
export function assertSameGrid(a: Grid, b: Grid): void {
  if (JSON.stringify(a) !== JSON.stringify(b)) throw new RangeError('two arrays on different grids met');
}
