/** OpenCV.js, held to what cv2 answers before it meets a patient's picture: a program that is damaged may still run. */
import { PipelineFailure } from '../domain/errors';
import type { PreprocessRecipe } from '../models/manifest';
import type { Clahe } from './clahe';

const side = 64;
const setting: PreprocessRecipe['clahe'] = { clipLimit: 2, tiles: [8, 8] };

/** FNV-1a (32 bit) of what cv2 5.0's `createCLAHE(2.0, (8, 8))` makes of `drawRamp()`. */
const known = 0x53c6fb5d;

/** @throws PipelineFailure `internal` if it answers otherwise, or what it throws itself */
export async function proveClahe(clahe: Clahe): Promise<void> {
  if (fingerprint(await clahe.equalize(drawRamp(), side, side, setting)) !== known) {
    throw new PipelineFailure({ code: 'internal', message: 'OpenCV.js does not equalize as it should' });
  }
}

/** Brighter to the right, with grain. */
function drawRamp(): Uint8Array {
  let state = 1;
  // Numerical Recipes' 32-bit linear congruential generator (Press et al., 3rd edition, §7.1.1).
  const next = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0);
  return Uint8Array.from({ length: side * side }, (_, at) => (at % side) * 2 + (next() >>> 26));
}

function fingerprint(bytes: Uint8Array): number {
  return bytes.reduce((hash, byte) => Math.imul(hash ^ byte, 0x01000193) >>> 0, 0x811c9dc5);
}
