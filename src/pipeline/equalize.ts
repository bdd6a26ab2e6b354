/** What the network sees, in the volume's own pixels: for looking at, before and after. */
import type { Checkpoint } from '../domain/network';
import type { Volume } from '../domain/volume';
import type { PreprocessRecipe } from '../models/manifest';
import type { Clahe } from '../preprocess/clahe';
import { equalizedOnGrid } from '../preprocess/equalizedOnGrid';
import { preprocess } from '../preprocess/preprocess';

/** @returns 0..255, in the order of the volume's Grid */
export async function equalize(
  volume: Volume,
  recipe: PreprocessRecipe,
  clahe: Clahe,
  checkpoint: Checkpoint,
): Promise<Uint8Array> {
  const { input, placement } = await preprocess(volume, recipe, clahe, checkpoint);
  return equalizedOnGrid(input, placement);
}
