import { toPipelineError, type PipelineError } from '../domain/errors';
import { drawPhantom } from '../domain/phantom';
import type { Scan, Sequence } from '../domain/scan';
import type { Plane } from '../domain/sliceFrame';
import type { Volume } from '../domain/volume';
import type { Warning } from '../domain/warnings';
import type { Picture } from '../display/paint';
import { thumbnail } from '../display/thumbnail';
import type { Architecture, ModelManifest } from '../models/manifest';
import type { WorkerClient } from '../worker/client';
import type { Progress } from '../worker/protocol';
import { Finding } from './Finding.svelte';
import { middleSlice } from './middleSlice';
import { architectures, modelIdOf, sequenceFor, sequences, type NetworkSequence } from './networkChoice';
import type { Networks } from './Networks.svelte';
import { Review } from './Review.svelte';
import type { View } from './View.svelte';
import { Views } from './Views.svelte';

export type FileSource =
  | { readonly kind: 'scan'; readonly scan: Scan }
  | { readonly kind: 'phantom' }
  /** What cannot be opened stands in the list with its reason. */
  | { readonly kind: 'refused'; readonly path: string; readonly error: PipelineError };

export type ReadState =
  /** Not decoded (yet, or any more). */
  | { readonly kind: 'closed' }
  | { readonly kind: 'reading'; readonly progress: Progress | undefined }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'failed'; readonly error: PipelineError }
  | { readonly kind: 'ready'; readonly volume: Volume };

type Findings = Readonly<Record<Architecture, Finding>>;

const thumbnailPx = 112;

/** One entry of the list: a picture, a volume or a series. It holds handles; pixels only while it is looked at, results as long as memory allows. */
export class OpenedFile {
  readonly name: string;
  readonly #source: FileSource;
  readonly #client: WorkerClient;
  readonly #findings: Readonly<Record<NetworkSequence, Findings>>;
  readonly #reviews: Readonly<Record<NetworkSequence, Review>> = { t1ce: new Review(), flair: new Review() };
  /** For which sequence networks are wanted where neither the file nor the user says it. */
  readonly #sequenceOtherwise: () => NetworkSequence;
  #askedSequence = $state.raw<NetworkSequence>();
  #state = $state.raw<ReadState>({ kind: 'closed' });
  #views = $state.raw<Views>();
  #thumbnail = $state.raw<Picture>();
  /** What the network sees, 0..255 in the order of the volume's Grid. */
  #equalized = $state.raw<Uint8Array>();
  #readSequence = $state.raw<Sequence>('unknown');
  /** By which recipe that is made, or was. */
  #equalizing: { readonly recipe: string; readonly promise: Promise<void> } | undefined;
  #reading: { readonly promise: Promise<Volume | undefined>; readonly controller: AbortController } | undefined;

  constructor(
    source: FileSource,
    client: WorkerClient,
    networks: Networks,
    sequenceOtherwise: () => NetworkSequence = () => sequences[0] ?? 't1ce',
  ) {
    this.#sequenceOtherwise = sequenceOtherwise;
    this.#source = source;
    this.#client = client;
    this.name = nameOf(source);
    if (source.kind === 'refused') this.#state = { kind: 'failed', error: source.error };
    const finding = (architecture: Architecture, sequence: NetworkSequence) =>
      new Finding({ architecture, modelId: modelIdOf(architecture, sequence) }, client, networks);
    const findings = (sequence: NetworkSequence): Findings => ({
      'nested-unet': finding('nested-unet', sequence),
      'attention-unet': finding('attention-unet', sequence),
    });
    this.#findings = { t1ce: findings('t1ce'), flair: findings('flair') };
  }

  /** What downloads are called after: the name without its ending, or the series. */
  get stem() {
    return this.scan?.stem ?? 'phantom';
  }

  get scan(): Scan | undefined {
    return this.#source.kind === 'scan' ? this.#source.scan : undefined;
  }

  /** Whether trying again could change anything: a file that was refused stays what it is. */
  get isRefused() {
    return this.#source.kind === 'refused';
  }

  /** Pictures are small: several are kept decoded. */
  get isPicture() {
    return this.scan === undefined || this.scan.kind === 'picture';
  }

  /** As the series says, or the file once it was read. */
  get sequence(): Sequence {
    return this.scan?.series?.sequence ?? this.#readSequence;
  }

  /** Whose networks look at it: as the user asked for this file, else as it says itself. */
  get networkSequence(): NetworkSequence {
    return this.#askedSequence ?? sequenceFor(this.sequence) ?? this.#sequenceOtherwise();
  }

  /** What the networks of its sequence say. */
  get findings(): Findings {
    return this.#findings[this.networkSequence];
  }

  /** Of what those networks say. */
  get review(): Review {
    return this.#reviews[this.networkSequence];
  }

  get state() {
    return this.#state;
  }

  get volume(): Volume | undefined {
    return this.#state.kind === 'ready' ? this.#state.volume : undefined;
  }

  /** Of what was met while grouping files and while reading them. */
  get warnings(): readonly Warning[] {
    return [...(this.scan?.warnings ?? []), ...(this.volume?.warnings ?? [])];
  }

  /** Slices as they were acquired; undefined until the file was read once. */
  get view(): View | undefined {
    return this.#views?.own;
  }

  /** Undefined where there is only one plane to look at. */
  get planes(): Readonly<Record<Plane, View>> | undefined {
    return this.#views?.planes;
  }

  get views(): Views | undefined {
    return this.#views;
  }

  get thumbnail() {
    return this.#thumbnail;
  }

  get equalized() {
    return this.#equalized;
  }

  get mapBytes() {
    return this.#everyFinding.reduce((sum, one) => sum + one.mapBytes, 0);
  }

  get #everyFinding(): readonly Finding[] {
    return Object.values(this.#findings).flatMap((findings) => architectures.map((one) => findings[one]));
  }

  /** Has networks of this sequence look at it, whatever it says of itself. */
  askFor(sequence: NetworkSequence) {
    this.#askedSequence = sequence;
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

  /** Makes the small picture: of a series from its middle slice alone, else by reading. Never rejects. */
  async preview(): Promise<void> {
    const slice = this.scan && middleSlice(this.scan);
    if (!slice || this.#thumbnail) return void (await this.read());
    try {
      const { volume } = await this.#client.run('decode', { scan: slice });
      this.#thumbnail ??= thumbnail(volume, thumbnailPx);
    } catch {
      // Not every slice can be read alone; the series gets its picture when it is looked at.
    }
  }

  /** Makes the picture that this network sees; networks of one recipe see the same. The latest wish counts, for earlier ones too. */
  equalize({ id: modelId, preprocess }: ModelManifest): Promise<void> {
    const volume = this.volume;
    if (!volume) return Promise.resolve();
    const recipe = JSON.stringify(preprocess);
    if (this.#equalizing?.recipe === recipe) return this.#equalizing.promise;
    this.#equalized = undefined;
    const promise: Promise<void> = this.#client.run('equalize', { volume, modelId }).then(
      ({ equalized }) => {
        if (this.#equalizing !== begun) return this.#equalizing?.promise;
        this.#equalized = equalized;
      },
      (thrown: unknown) => {
        if (this.#equalizing !== begun) return this.#equalizing?.promise;
        this.#equalizing = undefined;
        throw thrown;
      },
    );
    const begun = { recipe, promise };
    this.#equalizing = begun;
    return promise;
  }

  /** Stops all work on this file. `next`: whether it goes on by itself at the next look, or waits to be asked. */
  stop(next: 'closed' | 'cancelled') {
    this.#reading?.controller.abort();
    this.#reading = undefined;
    if (this.#state.kind === 'reading') this.#state = { kind: next };
    for (const one of this.#everyFinding) one.stop(next === 'closed' ? 'none' : 'cancelled');
  }

  /** Forgets cancels and failures, so that the next look tries again. */
  reset() {
    if (this.isRefused) return;
    if (this.#state.kind === 'failed' || this.#state.kind === 'cancelled') this.#state = { kind: 'closed' };
    for (const one of this.#everyFinding) one.reset();
  }

  /** Lets the pixels go, not the results. */
  releaseVolume() {
    if (this.#state.kind !== 'ready') return;
    this.#state = { kind: 'closed' };
    this.#equalized = undefined;
    this.#equalizing = undefined;
  }

  releaseMaps() {
    for (const one of this.#everyFinding) one.release();
  }

  async #read(signal: AbortSignal): Promise<Volume | undefined> {
    this.#state = { kind: 'reading', progress: undefined };
    try {
      const volume = await this.#decode(signal);
      if (signal.aborted) return undefined;
      this.#reading = undefined;
      this.#views ??= new Views(volume);
      this.#thumbnail ??= thumbnail(volume, thumbnailPx);
      this.#readSequence = volume.sequence;
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
    const scan = this.scan;
    if (!scan) return drawPhantom();
    const onProgress = (progress: Progress) => {
      if (!signal.aborted && this.#state.kind === 'reading') this.#state = { kind: 'reading', progress };
    };
    return (await this.#client.run('decode', { scan }, { signal, onProgress })).volume;
  }
}

function nameOf(source: FileSource): string {
  switch (source.kind) {
    case 'scan':
      return source.scan.name;
    case 'phantom':
      return 'phantom';
    case 'refused':
      return source.path.split('/').at(-1) ?? source.path;
  }
}
