import type { BackendChoice, BackendReport } from '../domain/backend';
import { toPipelineError, type PipelineError } from '../domain/errors';
import type { Architecture, ModelManifest } from '../models/manifest';
import type { WorkerClient } from '../worker/client';
import type { Progress } from '../worker/protocol';
import { architectures, networkFacts } from './networkChoice';

export type NetworkState =
  | { readonly kind: 'waiting' }
  | { readonly kind: 'loading'; readonly progress: Progress | undefined }
  | { readonly kind: 'ready'; readonly manifest: ModelManifest; readonly from: 'storage' | 'network' }
  | { readonly kind: 'failed'; readonly error: PipelineError };

/** What of the networks is kept on this computer. */
export interface Stored {
  readonly bytes: number;
  readonly modelIds: readonly string[];
}

const waiting: NetworkState = { kind: 'waiting' };

/** The networks and what they run on: loaded in the background, each once. */
export class Networks {
  readonly #client: WorkerClient;
  readonly #backendChoice: BackendChoice;
  #states = $state.raw<Readonly<Record<Architecture, NetworkState>>>({
    'nested-unet': waiting,
    'attention-unet': waiting,
  });
  #backend = $state.raw<BackendReport>();
  #error = $state.raw<PipelineError>();
  #stored = $state.raw<Stored>();
  #preparing: Promise<void> | undefined;
  readonly #loading: Partial<Record<Architecture, Promise<ModelManifest>>> = {};

  constructor(client: WorkerClient, backendChoice: BackendChoice) {
    this.#client = client;
    this.#backendChoice = backendChoice;
  }

  state(architecture: Architecture): NetworkState {
    return this.#states[architecture];
  }

  manifest(architecture: Architecture): ModelManifest | undefined {
    const state = this.#states[architecture];
    return state.kind === 'ready' ? state.manifest : undefined;
  }

  /** Undefined until the backend is open. */
  get backend() {
    return this.#backend;
  }

  /** Why none of these can run. */
  error(wanted: readonly Architecture[]): PipelineError | undefined {
    if (this.#error) return this.#error;
    for (const one of wanted) {
      const state = this.#states[one];
      if (state.kind === 'failed') return state.error;
    }
    return undefined;
  }

  /** Undefined until it is known. */
  get stored() {
    return this.#stored;
  }

  /** Loads `chosen`, then whatever else is already kept on this computer: that costs no download. */
  async start(chosen: readonly Architecture[]) {
    try {
      for (const architecture of chosen) await this.load(architecture);
      const kept = architectures.filter((one) => this.#stored?.modelIds.includes(networkFacts[one].modelId));
      for (const architecture of kept) await this.load(architecture);
    } catch {
      // Said where it is shown: `error(…)` holds it.
    }
  }

  /** @throws PipelineFailure; the next call tries again */
  load(architecture: Architecture): Promise<ModelManifest> {
    const running = this.#loading[architecture];
    if (running) return running;
    const promise = this.#load(architecture);
    this.#loading[architecture] = promise;
    promise.catch((thrown: unknown) => {
      delete this.#loading[architecture];
      this.#set(architecture, { kind: 'failed', error: toPipelineError(thrown) });
    });
    return promise;
  }

  /** Clears what is kept; what is loaded now stays usable until the page is closed. @throws PipelineFailure */
  async forget() {
    await this.#client.run('forget', {});
    await this.#refreshStored();
  }

  async #load(architecture: Architecture): Promise<ModelManifest> {
    this.#set(architecture, { kind: 'loading', progress: undefined });
    await this.#prepare();
    const { manifest, from } = await this.#client.run(
      'load',
      { modelId: networkFacts[architecture].modelId },
      { onProgress: (progress) => this.#set(architecture, { kind: 'loading', progress }) },
    );
    this.#set(architecture, { kind: 'ready', manifest, from });
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

  #set(architecture: Architecture, state: NetworkState) {
    this.#states = { ...this.#states, [architecture]: state };
  }
}
