/** From a Volume to the probability of lesion in each of its voxels: the main path, one line a step. */
import type { Checkpoint } from '../domain/network';
import type { ProbabilityMap, Volume } from '../domain/volume';
import { infer } from '../infer/infer';
import type { Network } from '../infer/network';
import { restore } from '../postprocess/restore';
import { preprocess } from '../preprocess/preprocess';
import type { Clahe } from '../preprocess/clahe';

/** @throws PipelineFailure `cancelled`, `inference-untrusted`, `out-of-memory` */
export async function segment(
  volume: Volume,
  network: Network,
  clahe: Clahe,
  checkpoint: Checkpoint,
): Promise<ProbabilityMap> {
  const { input, placement } = await preprocess(volume, network.manifest.preprocess, clahe, checkpoint);
  const slices = await infer(network, input, checkpoint);
  return restore(slices, placement);
}
