/** The recipe in order: a Volume → what the network takes, and what `restore` needs to undo it. */
import type { Checkpoint, NetworkInput, Placement } from '../domain/network';
import { sliceFrameOf } from '../domain/sliceFrame';
import { readSliceInto, sliceLayoutOf } from '../domain/sliceLayout';
import type { Volume } from '../domain/volume';
import type { PreprocessRecipe } from '../models/manifest';
import type { Clahe } from './clahe';
import { cutWindow, toPlane } from './place';
import { placementOf } from './placementOf';
import { windowToBytes } from './window';

/**
 * @param frame  how the slices lie: the volume's own way, or another plane's
 * @returns pictures in the order of the placement, each `recipe.inputSize`; values 0 to 1, equal to the last bit to
 *   `training/metsight/preprocess.py`. A volume that is all air has none.
 * @throws PipelineFailure what `checkpoint` and `clahe` throw; `out-of-memory` for a volume no machine could hold
 * @throws RangeError for a recipe whose input is not square
 *
 * Beside the volume itself this holds one byte a voxel and the pictures, never a second volume of floats.
 */
export async function preprocess(
  volume: Volume,
  recipe: PreprocessRecipe,
  clahe: Clahe,
  checkpoint: Checkpoint,
  frame = sliceFrameOf(volume.grid),
): Promise<{ readonly input: NetworkInput; readonly placement: Placement }> {
  const [size, otherSide] = recipe.inputSize;
  if (size !== otherSide) throw new RangeError(`The input must be square. Received ${size} × ${otherSide}.`);

  const bytes = volume.isEightBit
    ? new Uint8Array(volume.intensities)
    : windowToBytes(volume.intensities, recipe.intensity);
  const placement = placementOf(bytes, volume.grid, recipe, frame);
  const { plane, windows, slices } = placement;
  const layout = sliceLayoutOf(volume.grid, frame);
  const slice = new Uint8Array(layout.rows * layout.cols);
  const values = new Float32Array(slices.length * windows.length * size * size);
  let to = 0;
  for (const [n, index] of slices.entries()) {
    await checkpoint('preprocess', n, slices.length);
    readSliceInto(slice, bytes, layout, index);
    const onPlane = toPlane(slice, layout.rows, layout.cols, plane);
    for (const window of windows) {
      const equalized = await clahe.equalize(cutWindow(onPlane, plane, window, size), size, size, recipe.clahe);
      for (const byte of equalized) values[to++] = byte / 255;
    }
  }
  await checkpoint('preprocess', slices.length, slices.length);
  return { input: { shape: [slices.length * windows.length, size, size, 1], values }, placement };
}
