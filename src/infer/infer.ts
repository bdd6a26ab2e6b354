/** Slices through a network, one after the other. */
import type { Checkpoint, NetworkInput, SliceProbabilities } from '../domain/network';
import type { Network } from './network';

/**
 * @param known  is called after each picture with all that are known so far; it may keep none of the array
 * @param values  where the answers go; may be the pictures' own array, each of which is then read before it is replaced
 * @throws PipelineFailure `inference-untrusted`, `out-of-memory`, `cancelled`
 */
export async function infer(
  network: Network,
  input: NetworkInput,
  checkpoint: Checkpoint,
  known?: (soFar: SliceProbabilities) => void,
  values: Float32Array = new Float32Array(input.values.length),
): Promise<SliceProbabilities> {
  const [slices, rows, cols] = input.shape;
  const pixels = rows * cols;
  for (let k = 0; k < slices; k++) {
    await checkpoint('infer', k, slices);
    values.set(await network.probabilities(input.values.subarray(k * pixels, (k + 1) * pixels)), k * pixels);
    known?.({ shape: [k + 1, rows, cols], values });
  }
  await checkpoint('infer', slices, slices);
  return { shape: [slices, rows, cols], values };
}
