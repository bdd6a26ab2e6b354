/** The smallest lesion kept by default: in the pixels of the picture at hand, or in mm³. */
import { affineOf, mm3ToVoxelCount, spacingOf } from '../domain/spacing';
import { sliceFrameOf } from '../domain/sliceFrame';
import type { Grid } from '../domain/grid';
import type { ModelManifest } from './manifest';

type MinLesion = Pick<ModelManifest, 'minLesionPx' | 'preprocess'>;

/**
 * In a picture: `minLesionPx` counts pixels of the network's own picture, into which the slice's longer side is scaled;
 * the same area holds more pixels in a larger slice and fewer in a smaller one. In a volume: `minLesionMm3For`.
 *
 * @returns whole voxels of `grid`, at least 1
 */
export function minVoxelCountFor(manifest: MinLesion, grid: Grid): number {
  const affine = affineOf(grid);
  const mm3 = minLesionMm3For(manifest, grid);
  if (affine !== undefined && mm3 !== undefined) return mm3ToVoxelCount(mm3, affine);
  const scale = Math.max(grid.dims[0], grid.dims[1]) / Math.max(...manifest.preprocess.inputSize);
  return Math.max(1, Math.round(manifest.minLesionPx * scale ** 2));
}

/**
 * The sphere whose cross-section has the area of `minLesionPx` on the network's grid; in a single slice, that area times
 * the slice's thickness.
 *
 * @returns undefined where nothing is known in millimetres
 */
export function minLesionMm3For({ minLesionPx, preprocess }: MinLesion, grid: Grid): number | undefined {
  const affine = affineOf(grid);
  if (affine === undefined) return undefined;
  const areaMm2 = minLesionPx * preprocess.grid.spacingMm ** 2;
  const sliceAxis = sliceFrameOf(grid).axes[2];
  if (grid.dims[sliceAxis] === 1) return areaMm2 * spacingOf(affine)[sliceAxis];
  // A = π r² and V = 4/3 π r³
  return (4 / 3) * areaMm2 * Math.sqrt(areaMm2 / Math.PI);
}
