/** Millimetres of a Grid, from its affine alone. */
import type { Affine, Grid } from './grid';

/**
 * Lengths of the affine's columns: millimetres between voxel centres along i, j, k.
 *
 * Not by Math.hypot, whose last bit differs between engines and from Python's.
 */
export function spacingOf(affine: Affine): readonly [number, number, number] {
  const length = (axis: 0 | 1 | 2) => Math.sqrt(affine[0][axis] ** 2 + affine[1][axis] ** 2 + affine[2][axis] ** 2);
  return [length(0), length(1), length(2)];
}

/** |det| of the affine's linear part. */
export function voxelVolumeMm3([a, b, c]: Affine): number {
  return Math.abs(
    a[0] * (b[1] * c[2] - b[2] * c[1]) - a[1] * (b[0] * c[2] - b[2] * c[0]) + a[2] * (b[0] * c[1] - b[1] * c[0]),
  );
}

/** Millimetres between the planes of neighbouring slices, at a right angle to them: of a sheared stack less than its step. */
export function sliceDistanceMm(affine: Affine, sliceAxis: 0 | 1 | 2): number {
  const [u, v] = [affine.map((row) => row[(sliceAxis + 1) % 3]!), affine.map((row) => row[(sliceAxis + 2) % 3]!)];
  const area = [0, 1, 2].map((n) => u[(n + 1) % 3]! * v[(n + 2) % 3]! - u[(n + 2) % 3]! * v[(n + 1) % 3]!);
  return voxelVolumeMm3(affine) / Math.sqrt(area[0]! ** 2 + area[1]! ** 2 + area[2]! ** 2);
}

/** The fewest whole voxels that fill at least this volume; at least 1. Headers of float32 may fall short of a whole by 1e-6. */
export function mm3ToVoxelCount(mm3: number, affine: Affine): number {
  return Math.max(1, Math.ceil((mm3 / voxelVolumeMm3(affine)) * (1 - 1e-6)));
}

export function voxelCountToMm3(voxelCount: number, affine: Affine): number {
  return voxelCount * voxelVolumeMm3(affine);
}

/** A (fractional) voxel place → RAS millimetres. */
export function toRas(
  affine: Affine,
  [i, j, k]: readonly [number, number, number],
): readonly [x: number, y: number, z: number] {
  const along = (row: Affine[number]) => row[0] * i + row[1] * j + row[2] * k + row[3];
  return [along(affine[0]), along(affine[1]), along(affine[2])];
}

export const affineOf = ({ space }: Grid): Affine | undefined => (space.kind === 'patient' ? space.affine : undefined);
