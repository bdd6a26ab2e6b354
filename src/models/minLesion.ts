/** The smallest lesion kept by default, in the pixels of the picture at hand. */
import type { Grid } from '../domain/grid';
import type { ModelManifest } from './manifest';

/**
 * `minLesionPx` counts pixels of the network's own picture, into which the slice's longer side is scaled; the same
 * area holds more pixels in a larger slice and fewer in a smaller one.
 *
 * @returns whole pixels of `grid`'s slices, at least 1
 */
export function minVoxelCountFor(
  { minLesionPx, preprocess }: Pick<ModelManifest, 'minLesionPx' | 'preprocess'>,
  { dims: [width, height] }: Grid,
): number {
  const scale = Math.max(width, height) / Math.max(...preprocess.inputSize);
  return Math.max(1, Math.round(minLesionPx * scale ** 2));
}
