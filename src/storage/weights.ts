/** A model's files: fetched once, kept by their sha256, and hashed again on every load, wherever they come from. */
import type { ModelSource } from '../domain/assets';
import { PipelineFailure } from '../domain/errors';
import { type FileEntry, KeptModel, modelIdOf } from './keptModel';
import { forgetCachedModels } from './cachedModels';
import { inTime } from './inTime';
import { sha256 } from './sha256';
import { browserStore, type Store } from './store';

interface Listing {
  readonly files: readonly FileEntry[];
}

export interface LoadedModel<Manifest> {
  readonly manifest: Manifest;
  /** By the manifest's paths; each has its size and sha256. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** `network` if any part of it had to be fetched, apart from the manifest. */
  readonly from: 'storage' | 'network';
  /** It is kept for the next time; false in a private window, on a full disk, or where IndexedDB is broken. */
  readonly isStored: boolean;
}

/**
 * Each file comes from storage where that has it as it was published, else from the network. A damaged entry is replaced, what
 * arrives damaged is fetched once more, entries of an older version are dropped. The program says which manifest is its
 * own: no other one is used, not even where the network is gone and storage has nothing but an older release's.
 *
 * @param manifestSha256  of the manifest that this program was built with
 * @param source    throws PipelineFailure `model-unreachable` for what it cannot fetch
 * @param parse     the manifest's parser; what it throws ends the load, and nothing is stored
 * @param onProgress bytes of the files that are complete, and of all; what it throws ends the load
 * @throws PipelineFailure `model-unreachable`, `model-integrity`
 */
export async function loadModelFiles<Manifest extends Listing>(
  modelId: string,
  manifestSha256: string,
  source: ModelSource,
  parse: (manifestBytes: Uint8Array) => Manifest,
  onProgress: (doneBytes: number, totalBytes: number) => Promise<void>,
  store: Store = browserStore,
): Promise<LoadedModel<Manifest>> {
  const kept = new KeptModel(modelId, store);
  const isOwn = async (bytes: Uint8Array) => (await sha256(bytes)) === manifestSha256;
  const found = await kept.get('manifest');
  const isKept = found !== undefined && (await isOwn(found));
  const manifestBytes = isKept ? found : await fetchIntact(modelId, 'manifest.json', isOwn, source);
  const manifest = parse(manifestBytes);
  const read = await readFiles(kept, manifest, source, onProgress);
  return { manifest, ...read, isStored: await kept.keep(manifestBytes, manifest.files, read.files) };
}

/** How much is kept, and of which models. */
export async function storedModels(
  store: Store = browserStore,
): Promise<{ readonly bytes: number; readonly modelIds: readonly string[] }> {
  const entries = await inTime(store.entries()).catch(() => []);
  const bytes = entries.reduce((sum, [, value]) => sum + (value instanceof Uint8Array ? value.length : 0), 0);
  return { bytes, modelIds: [...new Set(entries.map(([key]) => modelIdOf(key)))].sort() };
}

/** Also what the service worker keeps of them. @throws what the browser says, if something could not be removed */
export async function forgetModels(store: Store = browserStore): Promise<void> {
  await inTime(store.clear());
  await forgetCachedModels();
}

async function readFiles(
  kept: KeptModel,
  { files: listed }: Listing,
  source: ModelSource,
  onProgress: (doneBytes: number, totalBytes: number) => Promise<void>,
) {
  const totalBytes = listed.reduce((sum, { bytes }) => sum + bytes, 0);
  const files = new Map<string, Uint8Array>();
  let doneBytes = 0;
  let from: 'storage' | 'network' = 'storage';
  await onProgress(doneBytes, totalBytes);
  for (const file of listed) {
    const found = await kept.get(file.sha256);
    if (found && (await isIntact(found, file))) {
      files.set(file.path, found);
    } else {
      files.set(file.path, await fetchIntact(kept.modelId, file.path, (bytes) => isIntact(bytes, file), source));
      from = 'network';
    }
    doneBytes += file.bytes;
    await onProgress(doneBytes, totalBytes);
  }
  return { files, from };
}

/** What was damaged on its way arrives whole the second time; what is damaged at its source does not. */
async function fetchIntact(
  modelId: string,
  file: string,
  isAsPublished: (bytes: Uint8Array) => Promise<boolean>,
  source: ModelSource,
): Promise<Uint8Array> {
  for (let attempt = 0; attempt < 2; attempt++) {
    const fetched = await source(file);
    if (await isAsPublished(fetched)) return fetched;
  }
  throw new PipelineFailure({ code: 'model-integrity', modelId, file });
}

/** The length first: what is far too long is not even hashed. */
async function isIntact(bytes: Uint8Array, file: FileEntry): Promise<boolean> {
  return bytes.length === file.bytes && (await sha256(bytes)) === file.sha256;
}
