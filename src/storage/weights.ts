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
 * The manifest comes from the network, so that a new version is seen; files come from storage where their sha256 is there.
 * A damaged entry is replaced, what arrives damaged is fetched once more, entries of an older version are dropped. What can
 * no longer be reached comes from storage, if all of it is there.
 *
 * @param source    throws PipelineFailure `model-unreachable` for what it cannot fetch
 * @param parse     the manifest's parser; what it throws ends the load, and nothing is stored
 * @param onProgress bytes of the files that are complete, and of all; what it throws ends the load
 * @throws PipelineFailure `model-unreachable`, `model-integrity`
 */
export async function loadModelFiles<Manifest extends Listing>(
  modelId: string,
  source: ModelSource,
  parse: (manifestBytes: Uint8Array) => Manifest,
  onProgress: (doneBytes: number, totalBytes: number) => Promise<void>,
  store: Store = browserStore,
): Promise<LoadedModel<Manifest>> {
  const kept = new KeptModel(modelId, store);
  const load = async (manifestBytes: Uint8Array, fetchFile: ModelSource) => {
    const manifest = parse(manifestBytes);
    const read = await readFiles(kept, manifest, fetchFile, onProgress);
    return { manifest, ...read, isStored: await kept.keep(manifestBytes, manifest.files, read.files) };
  };
  try {
    return await load(await source('manifest.json'), source);
  } catch (thrown) {
    if (!isUnreachable(thrown)) throw thrown;
    const manifestBytes = await kept.get('manifest');
    if (!manifestBytes) throw thrown;
    return load(manifestBytes, () => Promise.reject(thrown));
  }
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
      files.set(file.path, await fetchIntact(kept.modelId, file, source));
      from = 'network';
    }
    doneBytes += file.bytes;
    await onProgress(doneBytes, totalBytes);
  }
  return { files, from };
}

/** What was damaged on its way arrives whole the second time; what is damaged at its source does not. */
async function fetchIntact(modelId: string, file: FileEntry, source: ModelSource): Promise<Uint8Array> {
  for (let attempt = 0; attempt < 2; attempt++) {
    const fetched = await source(file.path);
    if (await isIntact(fetched, file)) return fetched;
  }
  throw new PipelineFailure({ code: 'model-integrity', modelId, file: file.path });
}

/** The length first: what is far too long is not even hashed. */
async function isIntact(bytes: Uint8Array, file: FileEntry): Promise<boolean> {
  return bytes.length === file.bytes && (await sha256(bytes)) === file.sha256;
}

const isUnreachable = (thrown: unknown): boolean =>
  thrown instanceof PipelineFailure && thrown.error.code === 'model-unreachable';
