/** `virtual:shipped-models`: what lies in public/models, so that a folder put there is offered without touching any code. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { Plugin } from 'vite';
import { parseManifest } from '../models/manifest';

const virtualId = 'virtual:shipped-models';

/** @param isOffered  which of them this build offers; all, where it is not given */
export function shippedModelsPlugin(root: string, isOffered: (model: ListedModel) => boolean = () => true): Plugin {
  const folder = path.join(root, 'public/models');
  return {
    name: 'metsight-shipped-models',
    resolveId: (id) => (id === virtualId ? `\0${virtualId}` : undefined),
    load(id) {
      if (id !== `\0${virtualId}`) return undefined;
      const listed = listModels(folder).filter(isOffered);
      for (const { id: modelId } of listed) this.addWatchFile(path.join(folder, modelId, 'manifest.json'));
      return `export const listed = ${JSON.stringify(listed)};`;
    },
  };
}

export type ListedModel = ReturnType<typeof listModels>[number];

/** By id. A manifest that the program would refuse fails the build. @throws PipelineFailure `model-invalid` */
export function listModels(folder: string) {
  const manifestOf = (id: string) => path.join(folder, id, 'manifest.json');
  return readdirSync(folder)
    .filter((id) => existsSync(manifestOf(id)))
    .sort()
    .map((id) => {
      const bytes = readFileSync(manifestOf(id));
      const { architecture, sequence, provenance } = parseManifest(bytes, id);
      const manifestSha256 = createHash('sha256').update(bytes).digest('hex');
      return { id, architecture, sequence, notice: provenance.notice, manifestSha256 };
    });
}
