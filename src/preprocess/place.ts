/** Step 2 of the recipe without spacing: a slice → the network's square. Twin of `training/metsight/preprocess.py`. */
import type { Placement } from '../domain/network';
import { fitSize, resample } from '../domain/resample';

/** Where a slice comes to lie in the network's square: longer side to `size`, centred, the odd pixel goes after. */
export function contentOf(rows: number, cols: number, size: number): Placement['content'] {
  const fitted = fitSize(rows, cols, size);
  return {
    top: Math.floor((size - fitted.rows) / 2),
    left: Math.floor((size - fitted.cols) / 2),
    ...fitted,
  };
}

/**
 * Puts one slice into the network's square, zero-padded; resampled values are rounded half up.
 *
 * @param image  rows × cols, row by row
 * @returns size × size, row by row
 */
export function place(image: Uint8Array, rows: number, cols: number, size: number): Uint8Array {
  const content = contentOf(rows, cols, size);
  const fitted = resample(image, rows, cols, content.rows, content.cols);
  const square = new Uint8Array(size * size);
  for (let row = 0; row < content.rows; row++) {
    const to = (content.top + row) * size + content.left;
    for (let col = 0; col < content.cols; col++) {
      square[to + col] = Math.floor(fitted[row * content.cols + col]! + 0.5);
    }
  }
  return square;
}
