/** Slices through a network, one after the other. */
import type { Checkpoint, NetworkInput, SliceProbabilities } from '../domain/network';
import type { Network } from './network';

/**
 * @param known  is called after each picture with all that are known so far; it may keep none of the array
 * @throws PipelineFailure `inference-untrusted`, `out-of-memory`, `cancelled`
 */
export async function infer(
  network: Network,
  input: NetworkInput,
  checkpoint: Checkpoint,
  known?: (soFar: SliceProbabilities) => void,
): Promise<SliceProbabilities> {
  const [slices, rows, cols] = input.shape;
  const pixels = rows * cols;
  const values = new Float32Array(slices * pixels);
  for (let k = 0; k < slices; k++) {
    await checkpoint('infer', k, slices);
    values.set(await network.probabilities(input.values.subarray(k * pixels, (k + 1) * pixels)), k * pixels);
    known?.({ shape: [k + 1, rows, cols], values });
  }
  await checkpoint('infer', slices, slices);
  return { shape: [slices, rows, cols], values };
}
