import { PipelineFailure, toPipelineError, type PipelineError } from '../domain/errors';
import { drawPhantom } from '../domain/phantom';
import type { Volume } from '../domain/volume';
import type { Picture } from '../display/paint';
import { thumbnail } from '../display/thumbnail';
import type { Architecture } from '../models/manifest';
import type { WorkerClient } from '../worker/client';
import { Finding } from './Finding.svelte';
import { architectures, networkFacts } from './networkChoice';
import type { Networks } from './Networks.svelte';
import { View } from './View.svelte';

export type FileSource = { readonly kind: 'file'; readonly file: File } | { readonly kind: 'phantom' };

export type ReadState =
  /** Not decoded (yet, or any more). */
  | { readonly kind: 'closed' }
  | { readonly kind: 'reading' }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'failed'; readonly error: PipelineError }
  | { readonly kind: 'ready'; readonly volume: Volume };

const thumbnailPx = 112;

/** One file of the list. It holds the handle; pixels only while it is looked at, results as long as memory allows. */
export class OpenedFile {
  readonly name: string;
  readonly findings: Readonly<Record<Architecture, Finding>>;
  readonly #source: FileSource;
  readonly #client: WorkerClient;
  #state = $state.raw<ReadState>({ kind: 'closed' });
  #view = $state.raw<View>();
  #thumbnail = $state.raw<Picture>();
  /** What the network sees, 0..255 in the order of the volume's Grid. */
  #equalized = $state.raw<Uint8Array>();
  #equalizing: Promise<void> | undefined;
  #reading: { readonly promise: Promise<Volume | undefined>; readonly controller: AbortController } | undefined;

  constructor(source: FileSource, client: WorkerClient, networks: Networks) {
    this.#source = source;
    this.#client = client;
    this.name = source.kind === 'file' ? source.file.name : 'phantom';
    const finding = (architecture: Architecture) => new Finding(architecture, client, networks);
    this.findings = { 'nested-unet': finding('nested-unet'), 'attention-unet': finding('attention-unet') };
  }

  /** The name without its ending: what downloads are called after. */
  get stem() {
    return this.name.replace(/(?<=.)\.[^.]*$/, '');
  }

  get state() {
    return this.#state;
  }

  get volume(): Volume | undefined {
    return this.#state.kind === 'ready' ? this.#state.volume : undefined;
  }

  /** Undefined until the file was read once. */
  get view() {
    return this.#view;
  }

  get thumbnail() {
    return this.#thumbnail;
  }

  get equalized() {
    return this.#equalized;
  }

  get mapBytes() {
    return architectures.reduce((sum, one) => sum + this.findings[one].mapBytes, 0);
  }

  /** Decodes unless that was done. Never rejects: what went wrong is its state, and then there is no volume. */
  read(): Promise<Volume | undefined> {
    if (this.#state.kind === 'ready') return Promise.resolve(this.#state.volume);
    if (this.#state.kind === 'failed' || this.#state.kind === 'cancelled') return Promise.resolve(undefined);
    if (this.#reading) return this.#reading.promise;
    const controller = new AbortController();
    const promise = this.#read(controller.signal);
    this.#reading = { promise, controller };
    return promise;
  }

  /** Makes the picture that the network sees. */
  equalize(architecture: Architecture): Promise<void> {
    const volume = this.volume;
    if (this.#equalized || !volume) return Promise.resolve();
    this.#equalizing ??= this.#client
      .run('equalize', { volume, modelId: networkFacts[architecture].modelId })
      .then(({ equalized }) => {
        if (this.volume === volume) this.#equalized = equalized;
      })
      .finally(() => (this.#equalizing = undefined));
    return this.#equalizing;
  }

  /** Stops all work on this file. `next`: whether it goes on by itself at the next look, or waits to be asked. */
  stop(next: 'closed' | 'cancelled') {
    this.#reading?.controller.abort();
    this.#reading = undefined;
    if (this.#state.kind === 'reading') this.#state = { kind: next };
    for (const one of architectures) this.findings[one].stop(next === 'closed' ? 'none' : 'cancelled');
  }

  /** Forgets cancels and failures, so that the next look tries again. */
  reset() {
    if (this.#state.kind === 'failed' || this.#state.kind === 'cancelled') this.#state = { kind: 'closed' };
    for (const one of architectures) this.findings[one].reset();
  }

  /** Lets the pixels go, not the results. */
  releaseVolume() {
    if (this.#state.kind !== 'ready') return;
    this.#state = { kind: 'closed' };
    this.#equalized = undefined;
  }

  releaseMaps() {
    for (const one of architectures) this.findings[one].release();
  }

  async #read(signal: AbortSignal): Promise<Volume | undefined> {
    this.#state = { kind: 'reading' };
    try {
      const volume = await this.#decode(signal);
      if (signal.aborted) return undefined;
      this.#reading = undefined;
      this.#view ??= new View(volume);
      this.#thumbnail ??= thumbnail(volume, thumbnailPx);
      this.#state = { kind: 'ready', volume };
      return volume;
    } catch (thrown) {
      if (signal.aborted) return undefined;
      this.#reading = undefined;
      const error = toPipelineError(thrown);
      this.#state = error.code === 'cancelled' ? { kind: 'cancelled' } : { kind: 'failed', error };
      return undefined;
    }
  }

  async #decode(signal: AbortSignal): Promise<Volume> {
    if (this.#source.kind === 'phantom') return drawPhantom();
    const { file } = this.#source;
    if (file.size === 0) throw new PipelineFailure({ code: 'empty-file' });
    return (await this.#client.run('decode', { file }, { signal })).volume;
  }
}
