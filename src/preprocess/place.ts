/** A slice → the network's pixel grid → its windows. Twin of `training/metsight/preprocess.py`. */
import type { Placement } from '../domain/network';
import { resample } from '../domain/resample';

/**
 * @param image  rows × cols, row by row
 * @returns the slice on the plane, row by row, rounded half up
 */
export function toPlane(image: Uint8Array, rows: number, cols: number, plane: Placement['plane']): Uint8Array {
  const resampled = resample(image, rows, cols, plane.rows, plane.cols);
  return Uint8Array.from(resampled, (value) => Math.floor(value + 0.5));
}

/** What of the plane lies in a window: size × size, row by row, zero where the plane does not reach. */
export function cutWindow(
  image: Uint8Array,
  plane: Placement['plane'],
  { top, left }: Placement['windows'][number],
  size: number,
): Uint8Array<ArrayBuffer> {
  const window = new Uint8Array(size * size);
  const firstCol = Math.max(0, left);
  const endCol = Math.min(plane.cols, left + size);
  for (let row = Math.max(0, top); row < Math.min(plane.rows, top + size); row++) {
    const from = row * plane.cols;
    window.set(image.subarray(from + firstCol, from + endCol), (row - top) * size + firstCol - left);
  }
  return window;
}
