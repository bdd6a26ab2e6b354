/** Undoing a Placement: the network's pictures → the slices they were made of. Twin of `training/metsight/postprocess.py`. */
import type { Placement } from './network';
import { resample } from './resample';
import { sliceLayoutOf } from './sliceLayout';

export interface RestoredSlice {
  /** Index in the order of the Placement's frame. */
  readonly slice: number;
  /** rows × cols as the frame looks at them, row by row. */
  readonly values: Float64Array;
}

/**
 * One slice at a time, so that no second copy of a volume is held. Windows are blended, padding is cut off, and the
 * plane is resampled by the same triangle filter that made it; at equal size the values are the pictures' own. Where no
 * window lies the value is 0.
 *
 * @param pictures  count × rows × cols, in the order of the Placement
 * @throws RangeError if there are not as many pictures as the placement has
 */
export function* restoredSlices(
  pictures: Float32Array | Uint8Array,
  [count, rows, cols]: readonly [count: number, rows: number, cols: number],
  { sourceGrid, frame, plane, windows, slices }: Placement,
): Generator<RestoredSlice> {
  if (count !== slices.length * windows.length || pictures.length !== count * rows * cols) {
    throw new RangeError(
      `${slices.length} slices of ${windows.length} windows were placed. Received ${pictures.length} values of ` +
        `${count} pictures, ${rows} × ${cols}.`,
    );
  }
  const layout = sliceLayoutOf(sourceGrid, frame);
  const overlaps = windows.map((window) => overlapOf(window, rows, cols, plane));
  const total = totalWeights(overlaps, plane);
  let picture = 0;
  for (const slice of slices) {
    const blended = new Float64Array(plane.rows * plane.cols);
    for (const overlap of overlaps) {
      addWindowInto(blended, total, plane.cols, pictures, picture++ * rows * cols, cols, overlap);
    }
    yield { slice, values: resample(blended, plane.rows, plane.cols, layout.rows, layout.cols) };
  }
}

/** The part of a window that lies on the plane, in the plane's pixels, and what its rows and columns weigh. */
interface Overlap {
  readonly top: number;
  readonly left: number;
  readonly rows: readonly [first: number, end: number];
  readonly cols: readonly [first: number, end: number];
  readonly rowWeights: Float64Array;
  readonly colWeights: Float64Array;
}

function overlapOf(
  { top, left }: Placement['windows'][number],
  rows: number,
  cols: number,
  plane: Placement['plane'],
): Overlap {
  return {
    top,
    left,
    rows: [Math.max(0, top), Math.min(plane.rows, top + rows)],
    cols: [Math.max(0, left), Math.min(plane.cols, left + cols)],
    rowWeights: tent(rows),
    colWeights: tent(cols),
  };
}

/** Rises from a window's edges to its middle by one a pixel: where two windows overlap, the blend is linear. */
function tent(size: number): Float64Array {
  return Float64Array.from({ length: size }, (_, n) => Math.min(n + 0.5, size - n - 0.5));
}

/** Sum of the windows' weights in each pixel of the plane. */
function totalWeights(overlaps: readonly Overlap[], plane: Placement['plane']): Float64Array {
  const total = new Float64Array(plane.rows * plane.cols);
  for (const { top, left, rows, cols, rowWeights, colWeights } of overlaps) {
    for (let row = rows[0]; row < rows[1]; row++) {
      for (let col = cols[0]; col < cols[1]; col++) {
        total[row * plane.cols + col]! += rowWeights[row - top]! * colWeights[col - left]!;
      }
    }
  }
  return total;
}

/** Adds a window's share. Where it is the only one its weight divided by the total is exactly 1. */
function addWindowInto(
  blended: Float64Array,
  total: Float64Array,
  planeCols: number,
  pictures: Float32Array | Uint8Array,
  picture: number,
  pictureCols: number,
  { top, left, rows, cols, rowWeights, colWeights }: Overlap,
): void {
  for (let row = rows[0]; row < rows[1]; row++) {
    const from = picture + (row - top) * pictureCols - left;
    for (let col = cols[0]; col < cols[1]; col++) {
      const at = row * planeCols + col;
      const weight = (rowWeights[row - top]! * colWeights[col - left]!) / total[at]!;
      blended[at]! += weight * pictures[from + col]!;
    }
  }
}
