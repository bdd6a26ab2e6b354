/** Models as the worker gets them: kept on this computer, else from beside the page or inside it. */
import { PipelineFailure } from '../domain/errors';
import type { Checkpoint } from '../domain/network';
import type { AddressOf } from '../domain/programFiles';
import { type ModelManifest, parseManifest } from '../models/manifest';
import type { ModelFiles } from '../pipeline/workbench';
import type { Store } from '../storage/store';
import { type LoadedModel, loadModelFiles } from '../storage/weights';
import { modelSource } from './fetchFiles';

type Origin = Pick<LoadedModel<ModelManifest>, 'from' | 'isStored'>;

export class ModelShelf {
  readonly #addressOf: AddressOf;
  readonly #store: Store;
  readonly #manifestSha256: ReadonlyMap<string, string>;
  readonly #origins = new Map<string, Origin>();

  /** @param manifestSha256  by id, of the models that there are */
  constructor(addressOf: AddressOf, store: Store, manifestSha256: ReadonlyMap<string, string>) {
    this.#addressOf = addressOf;
    this.#store = store;
    this.#manifestSha256 = manifestSha256;
  }

  /** @throws PipelineFailure `model-unknown`, `model-unreachable`, `model-invalid`, `model-integrity`, or what the checkpoint throws */
  async read(modelId: string, checkpoint: Checkpoint): Promise<ModelFiles> {
    const manifestSha256 = this.#manifestSha256.get(modelId);
    if (manifestSha256 === undefined) {
      throw new PipelineFailure({ code: 'model-unknown', modelId, known: [...this.#manifestSha256.keys()] });
    }
    let completeBytes = 0;
    let arrivedBytes = 0;
    // Known once the manifest is; it is too small itself to be shown on the way.
    let totalBytes: number | undefined;
    const tell = async () => {
      if (totalBytes === undefined) return;
      await checkpoint('download', Math.min(completeBytes + arrivedBytes, totalBytes), totalBytes);
    };
    const source = modelSource(this.#addressOf, modelId, (byteCount) => {
      arrivedBytes += byteCount;
      return tell();
    });
    const { manifest, files, from, isStored } = await loadModelFiles(
      modelId,
      manifestSha256,
      source,
      (manifestBytes) => parseManifest(manifestBytes, modelId),
      (done, total) => {
        completeBytes = done;
        arrivedBytes = 0;
        totalBytes = total;
        return tell();
      },
      this.#store,
    );
    this.#origins.set(modelId, { from, isStored });
    return { manifest, files };
  }

  /** Where a model that was read came from, and whether it is here for the next time. */
  origin(modelId: string): Origin {
    return this.#origins.get(modelId) ?? { from: 'network', isStored: false };
  }
}
