/** `metsight models`: what there is to segment with. */
import { weightsSha256 } from '../models/weightsSha256';
import { modelIdsIn, readManifest, shippedModelsFolder } from './nodeHost';
import { say } from './terminal';

export async function listModels(folder = shippedModelsFolder): Promise<void> {
  const ids = modelIdsIn(folder);
  if (ids.length === 0) say(`There is no model in ${folder}.`);
  for (const id of ids) {
    const { architecture, sequence, threshold, provenance, ...manifest } = await readManifest(folder, id);
    say(
      `${id}  ${architecture}, ${sequence}, threshold ${threshold.value}, sha256 ${weightsSha256(manifest).slice(0, 12)}`,
      `  trained on: ${provenance.trainedOn}`,
      `  ${provenance.notice}`,
    );
  }
}
