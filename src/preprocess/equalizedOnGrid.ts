/** What the network sees, for people to look at. */
import type { NetworkInput, Placement } from '../domain/network';
import { resample } from '../domain/resample';

/**
 * The network's input brought back to the volume's own pixels.
 *
 * @returns 0..255, rounded half up, in the order of the source's Grid
 */
export function equalizedOnGrid(input: NetworkInput, { sourceGrid, content }: Placement): Uint8Array {
  const [cols, rows, sliceCount] = sourceGrid.dims;
  const [, inputRows, inputCols] = input.shape;
  const bytes = new Uint8Array(cols * rows * sliceCount);
  const seen = new Uint8Array(content.rows * content.cols);
  for (let k = 0; k < sliceCount; k++) {
    for (let row = 0; row < content.rows; row++) {
      const from = (k * inputRows + content.top + row) * inputCols + content.left;
      for (let col = 0; col < content.cols; col++) {
        seen[row * content.cols + col] = Math.round(input.values[from + col]! * 255);
      }
    }
    const slice = resample(seen, content.rows, content.cols, rows, cols);
    const to = k * rows * cols;
    for (let n = 0; n < slice.length; n++) bytes[to + n] = Math.floor(slice[n]! + 0.5);
  }
  return bytes;
}
