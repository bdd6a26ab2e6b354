import type { BackendReport } from '../domain/backend';
import { toPipelineError, type PipelineError } from '../domain/errors';
import type { DelineationRule, Lesion, Mask, ProbabilityMap, Volume } from '../domain/volume';
import type { Architecture, ModelManifest } from '../models/manifest';
import type { WorkerClient } from '../worker/client';
import type { Progress } from '../worker/protocol';
import { abortable } from './abortable';
import { highestProbability, type Highest } from './highest';
import type { ChosenNetwork } from './networkChoice';
import type { Networks } from './Networks.svelte';

/** A mask and the rule that made it: what is on screen is always explained by what is stored with it. */
export interface Outline {
  readonly rule: DelineationRule;
  readonly mask: Mask;
  readonly lesions: readonly Lesion[];
}

export interface Segmented {
  readonly kind: 'segmented';
  readonly map: ProbabilityMap;
  readonly highest: Highest;
  readonly manifest: ModelManifest;
  /** Three planes were averaged. */
  readonly isTriPlanar: boolean;
  readonly backend: BackendReport;
  readonly outline: Outline;
}

/**
 * A first look at a slice, row by row, for as long as the map is not whole: `bytes` are 255 · probability, rounded, because
 * the floats of a large volume would be there twice. `highest`: of its probabilities.
 */
interface PartialSlice {
  readonly slice: number;
  readonly bytes: Uint8Array;
  readonly highest: number;
}

export type FindingState =
  | { readonly kind: 'none' }
  /** For its network to be loaded. */
  | { readonly kind: 'waiting' }
  | {
      readonly kind: 'segmenting';
      readonly progress: Progress | undefined;
      readonly stageStartedMs: number;
      /** The slices that are known so far. */
      readonly partials: readonly PartialSlice[];
    }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'failed'; readonly error: PipelineError }
  | Segmented;

/** The rule that the user (or the network's manifest) wants for this volume, asked each time it may have changed. */
export type RuleSource = (manifest: ModelManifest, volume: Volume) => DelineationRule;

/** What one network says of one file. */
export class Finding {
  readonly architecture: Architecture;
  readonly modelId: string;
  readonly #client: WorkerClient;
  readonly #networks: Networks;
  #state = $state.raw<FindingState>({ kind: 'none' });
  /** Kept when the map is let go, for the list of files. */
  #lesionCount = $state.raw<number>();
  #running: { readonly promise: Promise<void>; readonly controller: AbortController } | undefined;
  #wanted: DelineationRule | undefined;

  constructor({ architecture, modelId }: ChosenNetwork, client: WorkerClient, networks: Networks) {
    this.architecture = architecture;
    this.modelId = modelId;
    this.#client = client;
    this.#networks = networks;
  }

  get state() {
    return this.#state;
  }

  get lesionCount() {
    return this.#lesionCount;
  }

  get mapBytes() {
    return this.#state.kind === 'segmented' ? this.#state.map.probabilities.byteLength : 0;
  }

  /** Runs the network unless it is running or has run. Never rejects: what went wrong is its state. */
  segment(volume: Volume, ruleFor: RuleSource, isTriPlanar: boolean): Promise<void> {
    if (this.#state.kind === 'segmented') return Promise.resolve();
    if (this.#running) return this.#running.promise;
    const controller = new AbortController();
    const promise = this.#segment(volume, ruleFor, isTriPlanar, controller.signal);
    this.#running = { promise, controller };
    return promise;
  }

  /** Brings the mask to a new rule. Only the latest wish counts: while one is worked on, the ones between are skipped. */
  async follow(rule: DelineationRule) {
    const isFollowing = this.#wanted !== undefined;
    this.#wanted = rule;
    if (isFollowing) return;
    try {
      while (this.#state.kind === 'segmented' && !isSameRule(this.#wanted, this.#state.outline.rule)) {
        const outline = await this.#delineate(this.#state.map, this.#wanted);
        if (this.#state.kind === 'segmented') this.#show({ ...this.#state, outline });
      }
    } catch (thrown) {
      if (this.#state.kind === 'segmented') this.#state = { kind: 'failed', error: toPipelineError(thrown) };
    } finally {
      this.#wanted = undefined;
    }
  }

  /** Stops what runs. `next`: whether it starts again by itself when the file is looked at, or waits to be asked. */
  stop(next: 'none' | 'cancelled') {
    this.#running?.controller.abort();
    this.#running = undefined;
    if (this.#state.kind === 'waiting' || this.#state.kind === 'segmenting') this.#state = { kind: next };
  }

  /** Forgets a cancel or a failure, so that the next look at the file tries again. */
  reset() {
    if (this.#state.kind === 'cancelled' || this.#state.kind === 'failed') this.#state = { kind: 'none' };
  }

  /** Lets the map and the mask go; the next look makes them again. */
  release() {
    if (this.#state.kind === 'segmented') this.#state = { kind: 'none' };
  }

  async #segment(volume: Volume, ruleFor: RuleSource, isTriPlanar: boolean, signal: AbortSignal) {
    try {
      this.#state = { kind: 'waiting' };
      const manifest = await abortable(this.#networks.load(this.modelId), signal);
      const stageStartedMs = performance.now();
      this.#state = { kind: 'segmenting', progress: undefined, stageStartedMs, partials: [] };
      const { map, backend } = await this.#client.run(
        'segment',
        { volume, modelId: this.modelId, isTriPlanar },
        { signal, onProgress: (progress) => this.#report(progress, signal) },
      );
      this.#networks.ranOn(backend);
      const outline = await this.#delineate(map, ruleFor(manifest, volume), signal);
      if (signal.aborted) return;
      this.#running = undefined;
      const highest = highestProbability(map);
      this.#show({ kind: 'segmented', map, highest, manifest, isTriPlanar, backend, outline });
      // The sliders may have moved while the mask was made.
      await this.follow(ruleFor(manifest, volume));
    } catch (thrown) {
      if (signal.aborted) return;
      this.#running = undefined;
      const error = toPipelineError(thrown);
      this.#state = error.code === 'cancelled' ? { kind: 'cancelled' } : { kind: 'failed', error };
    }
  }

  #report(progress: Progress, signal: AbortSignal) {
    if (signal.aborted || this.#state.kind !== 'segmenting') return;
    const isSameStage = this.#state.progress?.stage === progress.stage;
    const stageStartedMs = isSameStage ? this.#state.stageStartedMs : performance.now();
    const { partial } = progress;
    const known = this.#state.partials;
    // A slice that is run again takes its own place.
    const partials = partial ? [...known.filter(({ slice }) => slice !== partial.slice), lookAt(partial)] : known;
    this.#state = { kind: 'segmenting', progress, stageStartedMs, partials };
  }

  async #delineate(map: ProbabilityMap, rule: DelineationRule, signal?: AbortSignal): Promise<Outline> {
    const { mask, lesions } = await this.#client.run('delineate', { map, rule }, { signal });
    return { rule, mask, lesions };
  }

  #show(segmented: Segmented) {
    this.#state = segmented;
    this.#lesionCount = segmented.outline.lesions.length;
  }
}

const lookAt = ({ slice, probabilities }: NonNullable<Progress['partial']>): PartialSlice => ({
  slice,
  bytes: Uint8Array.from(probabilities, (probability) => Math.round(255 * probability)),
  highest: probabilities.reduce((a, b) => Math.max(a, b), 0),
});

const isSameRule = (a: DelineationRule, b: DelineationRule) =>
  a.threshold === b.threshold && a.minVoxelCount === b.minVoxelCount;
