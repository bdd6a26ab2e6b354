/** What names a network's numbers: written beside every mask and shown in the status bar. */
import type { ModelManifest } from './manifest';

/** The sha256 of the weights: the first file of the manifest that is not the graph's JSON. */
export function weightsSha256({ files }: Pick<ModelManifest, 'files'>): string {
  return files.find(({ path }) => !path.endsWith('.json'))?.sha256 ?? '';
}
