/** Slices through a network, one after the other. */
import type { Checkpoint, NetworkInput, SliceProbabilities } from '../domain/network';
import type { Network } from './network';

/** Half a slice's work in as many slices; so many pictures at most, of 256 kB each, are kept until it is done. */
const checkEvery = 20;

/**
 * A slice counts when the device that answered it has known the check slice afterwards. If that device is replaced before,
 * the slice is asked again, of whatever took its place. After a loss the next slice is checked, then the second, fourth …
 * after it: a GPU that is lost again and again still comes to an end.
 *
 * @param known  is called after each picture, with all up to that one; it may keep none of the array. For a picture that is
 *   asked again it is called again
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
  /** Pictures by slice: answered by `device`, and not confirmed yet. */
  const doubtful = new Map<number, Float32Array>();
  /** Answered by a device that was replaced before that. */
  const again = new Map<number, Float32Array>();
  let device: object | undefined;
  let checkAfter = checkEvery;
  let next = 0;
  while (next < slices || again.size > 0) {
    await checkpoint('infer', next - again.size, slices);
    const [doubted] = again;
    const [k, picture] = doubted ?? [next, input.values.slice(next * pixels, (next + 1) * pixels)];
    if (doubted) again.delete(k);
    else next++;
    const isLast = next === slices && again.size === 0;
    const answer = await network.probabilities(picture, isLast || doubtful.size + 1 >= checkAfter);
    values.set(answer.probabilities, k * pixels);
    known?.({ shape: [k + 1, rows, cols], values });

    if (device !== undefined && answer.device !== device) {
      for (const [slice, its] of doubtful) again.set(slice, its);
      doubtful.clear();
      checkAfter = 1;
    } else if (answer.isConfirmed) checkAfter = Math.min(2 * checkAfter, checkEvery);
    device = answer.device;
    if (answer.isConfirmed) doubtful.clear();
    else doubtful.set(k, picture);
  }
  await checkpoint('infer', slices, slices);
  return { shape: [slices, rows, cols], values };
}
