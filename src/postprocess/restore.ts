/** Undoes the recipe's placement: the network's answer → the volume's own pixels. */
import type { Placement, SliceProbabilities } from '../domain/network';
import { resample } from '../domain/resample';
import type { ProbabilityMap } from '../domain/volume';

/**
 * Padding is cut off and each slice resampled by the same triangle filter that placed it; at equal size the
 * probabilities are the network's own.
 *
 * @throws RangeError if the slices are not those of this placement
 */
export function restore(slices: SliceProbabilities, { sourceGrid, content }: Placement): ProbabilityMap {
  const [cols, rows, sliceCount] = sourceGrid.dims;
  const [networkSlices, networkRows, networkCols] = slices.shape;
  if (
    networkSlices !== sliceCount ||
    content.top + content.rows > networkRows ||
    content.left + content.cols > networkCols
  ) {
    throw new RangeError(
      `${sliceCount} slices with content to row ${content.top + content.rows}, column ${content.left + content.cols} ` +
        `were placed. Received ${networkSlices} of ${networkRows} × ${networkCols}.`,
    );
  }
  const probabilities = new Float32Array(cols * rows * sliceCount);
  const answer = new Float32Array(content.rows * content.cols);
  for (let k = 0; k < sliceCount; k++) {
    for (let row = 0; row < content.rows; row++) {
      const from = (k * networkRows + content.top + row) * networkCols + content.left;
      answer.set(slices.values.subarray(from, from + content.cols), row * content.cols);
    }
    probabilities.set(resample(answer, content.rows, content.cols, rows, cols), k * rows * cols);
  }
  return { grid: sourceGrid, probabilities };
}
