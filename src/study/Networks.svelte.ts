import type { BackendChoice, BackendReport } from '../domain/backend';
import { toPipelineError, type PipelineError } from '../domain/errors';
import type { ModelManifest } from '../models/manifest';
import type { WorkerClient } from '../worker/client';
import type { Progress } from '../worker/protocol';

export type NetworkState =
  | { readonly kind: 'waiting' }
  | { readonly kind: 'loading'; readonly progress: Progress | undefined }
  | {
      readonly kind: 'ready';
      readonly manifest: ModelManifest;
      readonly from: 'storage' | 'network';
      /** Here for the next time; false where this browser refuses. */
      readonly isStored: boolean;
    }
  | { readonly kind: 'failed'; readonly error: PipelineError };

/** What of the networks is kept on this computer. */
export interface Stored {
  readonly bytes: number;
  readonly modelIds: readonly string[];
}

const waiting: NetworkState = { kind: 'waiting' };

/** The networks, by their ids, and what they run on: loaded in the background, each once. */
export class Networks {
  readonly #client: WorkerClient;
  readonly #backendChoice: BackendChoice;
  #states = $state.raw<Readonly<Record<string, NetworkState>>>({});
  #backend = $state.raw<BackendReport>();
  #error = $state.raw<PipelineError>();
  #stored = $state.raw<Stored>();
  #preparing: Promise<void> | undefined;
  readonly #loading: Record<string, Promise<ModelManifest>> = {};

  constructor(client: WorkerClient, backendChoice: BackendChoice) {
    this.#client = client;
    this.#backendChoice = backendChoice;
  }

  state(modelId: string): NetworkState {
    return this.#states[modelId] ?? waiting;
  }

  manifest(modelId: string): ModelManifest | undefined {
    const state = this.state(modelId);
    return state.kind === 'ready' ? state.manifest : undefined;
  }

  /** Undefined until the backend is open. */
  get backend() {
    return this.#backend;
  }

  /** The backend may have changed since it was opened: a GPU that cannot be trusted is replaced. */
  ranOn(backend: BackendReport) {
    this.#backend = backend;
  }

  /** Why none of these can run. */
  error(wanted: readonly string[]): PipelineError | undefined {
    if (this.#error) return this.#error;
    for (const one of wanted) {
      const state = this.state(one);
      if (state.kind === 'failed') return state.error;
    }
    return undefined;
  }

  /** Whether a network that is ready could not be kept: it has to be fetched again next time. */
  get isUnkept() {
    return Object.values(this.#states).some((state) => state.kind === 'ready' && !state.isStored);
  }

  /** Undefined until it is known. */
  get stored() {
    return this.#stored;
  }

  /** Loads `chosen`, then those of `others` that are already kept on this computer: that costs no download. */
  async start(chosen: readonly string[], others: readonly string[]) {
    try {
      for (const modelId of chosen) await this.load(modelId);
      const kept = others.filter((one) => this.#stored?.modelIds.includes(one));
      for (const modelId of kept) await this.load(modelId);
    } catch {
      // Said where it is shown: `error(…)` holds it.
    }
  }

  /** @throws PipelineFailure; the next call tries again */
  load(modelId: string): Promise<ModelManifest> {
    const running = this.#loading[modelId];
    if (running) return running;
    const promise = this.#load(modelId);
    this.#loading[modelId] = promise;
    promise.catch((thrown: unknown) => {
      delete this.#loading[modelId];
      this.#set(modelId, { kind: 'failed', error: toPipelineError(thrown) });
    });
    return promise;
  }

  /** Clears what is kept; what is loaded now stays usable until the page is closed. @throws PipelineFailure */
  async forget() {
    await this.#client.run('forget', {});
    await this.#refreshStored();
  }

  async #load(modelId: string): Promise<ModelManifest> {
    this.#set(modelId, { kind: 'loading', progress: undefined });
    await this.#prepare();
    const { manifest, from, isStored, backend } = await this.#client.run(
      'load',
      { modelId },
      { onProgress: (progress) => this.#set(modelId, { kind: 'loading', progress }) },
    );
    this.ranOn(backend);
    this.#set(modelId, { kind: 'ready', manifest, from, isStored });
    await this.#refreshStored();
    return manifest;
  }

  #prepare(): Promise<void> {
    return (this.#preparing ??= this.#openBackend());
  }

  async #openBackend() {
    try {
      this.#error = undefined;
      const { backend } = await this.#client.run('prepare', { backend: this.#backendChoice });
      this.#backend = backend;
      await this.#refreshStored();
    } catch (thrown) {
      this.#preparing = undefined;
      this.#error = toPipelineError(thrown);
      throw thrown;
    }
  }

  /** A browser that keeps nothing (a private window) still segments. */
  async #refreshStored() {
    try {
      this.#stored = await this.#client.run('stored', {});
    } catch {
      this.#stored = undefined;
    }
  }

  #set(modelId: string, state: NetworkState) {
    this.#states = { ...this.#states, [modelId]: state };
  }
}
