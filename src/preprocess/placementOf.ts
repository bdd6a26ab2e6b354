/** Step 2 of the recipe: where the slices come to lie in the network's pictures. Twin of `training/metsight/preprocess.py`. */
import { PipelineFailure } from '../domain/errors';
import type { Grid } from '../domain/grid';
import type { Placement } from '../domain/network';
import { fitSize } from '../domain/resample';
import { sliceFrameOf } from '../domain/sliceFrame';
import { sliceLayoutOf } from '../domain/sliceLayout';
import { spacingOf } from '../domain/spacing';
import type { PreprocessRecipe } from '../models/manifest';
import { contentOf } from './content';

/** Nearly 4 m a side at 0.94 mm: only a wrong spacing asks for more. */
const MOST_PLANE_PIXELS = 2 ** 24;
/** Of 256 × 256 float32: 1 GiB. A head takes one a slice. */
const MOST_PICTURES = 4096;

/**
 * With spacing: the slice plane at the recipe's millimetres a pixel, windows around its content. Without: the longer
 * side to the input's size, one window, every slice.
 *
 * @param bytes  the volume after the recipe's intensity step
 * @throws PipelineFailure `out-of-memory` if no machine could hold the pictures
 */
export function placementOf(
  bytes: Uint8Array,
  sourceGrid: Grid,
  { grid: recipe, inputSize: [size] }: Pick<PreprocessRecipe, 'grid' | 'inputSize'>,
  frame = sliceFrameOf(sourceGrid),
): Placement {
  const { rows, cols, slices } = sliceLayoutOf(sourceGrid, frame);
  if (sourceGrid.space.kind === 'pixels') {
    const plane = fitSize(rows, cols, size);
    const windows = [{ top: centred(0, plane.rows, size), left: centred(0, plane.cols, size) }];
    return { sourceGrid, frame, plane, windows, slices: [...Array(slices).keys()] };
  }

  const spacing = spacingOf(sourceGrid.space.affine);
  const plane = {
    rows: physicalSize(rows, spacing[frame.axes[1]], recipe.spacingMm),
    cols: physicalSize(cols, spacing[frame.axes[0]], recipe.spacingMm),
  };
  if (!(plane.rows * plane.cols <= MOST_PLANE_PIXELS)) throw tooMuch();
  const content = contentOf(bytes, sourceGrid, frame, recipe.airBelow);
  if (content === undefined) return { sourceGrid, frame, plane, windows: [], slices: [] };

  const starts = ({ first, end }: { first: number; end: number }, voxels: number, pixels: number) =>
    windowStarts(Math.floor((first * pixels) / voxels), Math.ceil((end * pixels) / voxels), size, recipe);
  const lefts = starts(content.cols, cols, plane.cols);
  const windows = starts(content.rows, rows, plane.rows).flatMap((top) => lefts.map((left) => ({ top, left })));
  if (windows.length * content.slices.length > MOST_PICTURES) throw tooMuch();
  return { sourceGrid, frame, plane, windows, slices: content.slices };
}

const tooMuch = () => new PipelineFailure({ code: 'out-of-memory', stage: 'preprocess' });

/** Pixels of `spacingMm` in the place of `voxels` of their own spacing: rounded half up, at least 1. */
function physicalSize(voxels: number, voxelMm: number, spacingMm: number): number {
  return Math.max(1, Math.floor((voxels * voxelMm) / spacingMm + 0.5));
}

/** Where a window starts that has `length` pixels from `first` on in its middle: the odd one of the padding goes after. */
function centred(first: number, length: number, size: number): number {
  return first - Math.floor((size - length) / 2);
}

/**
 * Along one axis of the plane: one window with the content in its middle if that and its margin fit, else as few as
 * keep the overlap, evenly spread from margin to margin.
 *
 * @param first  the content's first pixel; `end` is one past its last
 */
export function windowStarts(
  first: number,
  end: number,
  size: number,
  { marginPx, overlapPx }: Pick<PreprocessRecipe['grid'], 'marginPx' | 'overlapPx'>,
): number[] {
  const extent = end - first + 2 * marginPx;
  if (extent <= size) return [centred(first, end - first, size)];
  const count = Math.ceil((extent - overlapPx) / (size - overlapPx));
  return Array.from(
    { length: count },
    (_, n) => first - marginPx + Math.floor((n * (extent - size)) / (count - 1) + 0.5),
  );
}
