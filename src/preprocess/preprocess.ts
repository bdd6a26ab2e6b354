/** The recipe in order: a Volume → what the network takes, and what `restore` needs to undo it. */
import type { Checkpoint, NetworkInput, Placement } from '../domain/network';
import type { Volume } from '../domain/volume';
import type { PreprocessRecipe } from '../models/manifest';
import type { Clahe } from './clahe';
import { contentOf, place } from './place';
import { windowToBytes } from './window';

/**
 * @returns slices along k, each `recipe.inputSize`; values 0 to 1, equal to the last bit to
 *   `training/metsight/preprocess.py`
 * @throws PipelineFailure what `checkpoint` and `clahe` throw
 * @throws RangeError for a recipe whose input is not square
 */
export async function preprocess(
  volume: Volume,
  recipe: PreprocessRecipe,
  clahe: Clahe,
  checkpoint: Checkpoint,
): Promise<{ readonly input: NetworkInput; readonly placement: Placement }> {
  const [size, otherSide] = recipe.inputSize;
  if (size !== otherSide) throw new RangeError(`The input must be square. Received ${size} × ${otherSide}.`);
  const [cols, rows, sliceCount] = volume.grid.dims;

  const bytes = volume.isEightBit
    ? new Uint8Array(volume.intensities)
    : windowToBytes(volume.intensities, recipe.intensity);
  const values = new Float32Array(sliceCount * size * size);
  for (let k = 0; k < sliceCount; k++) {
    await checkpoint('preprocess', k, sliceCount);
    const slice = bytes.subarray(k * rows * cols, (k + 1) * rows * cols);
    const equalized = clahe.equalize(place(slice, rows, cols, size), size, size, recipe.clahe);
    const from = k * size * size;
    for (let n = 0; n < equalized.length; n++) values[from + n] = equalized[n]! / 255;
  }
  await checkpoint('preprocess', sliceCount, sliceCount);
  return {
    input: { shape: [sliceCount, size, size, 1], values },
    placement: { sourceGrid: volume.grid, content: contentOf(rows, cols, size) },
  };
}
