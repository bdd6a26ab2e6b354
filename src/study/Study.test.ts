import { beforeEach, expect, test, vi } from 'vitest';
import type { PipelineError } from '../domain/errors';
import { ijk } from '../domain/grid';
import type { Volume } from '../domain/volume';
import type { ModelManifest } from '../models/manifest';
import { WorkerClient } from '../worker/client';
import type { Jobs, JobName, Reply, Request } from '../worker/protocol';
import { Study } from './Study.svelte';

type Start = Extract<Request, { kind: 'start' }>;

const volume: Volume = {
  grid: { dims: [4, 4, 1], space: { kind: 'pixels' } },
  intensities: new Float32Array(16),
  isEightBit: true,
  warnings: [],
};
const map = { grid: volume.grid, probabilities: new Float32Array(16).fill(0.6) };
const lesion = {
  id: 1,
  voxelCount: 16,
  centroid: ijk(1.5, 1.5, 0),
  meanProbability: 0.6,
  maxProbability: 0.6,
  slices: [0, 0] as const,
};
const backend = { backend: 'wasm', adapter: '1 thread', reason: 'tests' } as const;

/** A manifest as far as the study reads it. */
const manifest = (modelId: string) =>
  ({
    id: modelId,
    threshold: { value: modelId.startsWith('nested') ? 0.5 : 0.4, chosenOn: '' },
    minLesionPx: 4,
    preprocess: { inputSize: [4, 4] },
  }) as unknown as ModelManifest;

/** A worker that answers as told; what is not told is answered at once. */
class StagedWorker {
  onmessage: ((event: { data: Reply }) => void) | undefined;
  readonly started: Start[] = [];
  readonly held = new Set<JobName>();
  readonly failing = new Map<JobName, PipelineError>();

  postMessage(request: Request) {
    if (request.kind === 'cancel') this.#reply({ kind: 'failed', jobId: request.jobId, error: { code: 'cancelled' } });
    else this.#start(request);
  }

  terminate() {
    this.onmessage = undefined;
  }

  /** Answers the jobs of this name that were held back. */
  answer(name: JobName) {
    this.held.delete(name);
    for (const start of this.started.filter((one) => one.name === name)) this.#done(start);
  }

  count(name: JobName) {
    return this.started.filter((start) => start.name === name).length;
  }

  #start(start: Start) {
    this.started.push(start);
    const error = this.failing.get(start.name);
    if (error) this.#reply({ kind: 'failed', jobId: start.jobId, error });
    else if (!this.held.has(start.name)) this.#done(start);
  }

  #done(start: Start) {
    const outputs: { readonly [Name in JobName]: (input: Jobs[Name]['input']) => Jobs[Name]['output'] } = {
      prepare: () => ({ backend }),
      load: ({ modelId }) => ({ manifest: manifest(modelId), from: 'network' }),
      decode: () => ({ volume }),
      equalize: () => ({ equalized: new Uint8Array(16) }),
      segment: () => ({ map, backend }),
      delineate: ({ rule }) => ({
        mask: { grid: volume.grid, labels: new Uint16Array(16).fill(rule.threshold <= 0.6 ? 1 : 0) },
        lesions: rule.threshold <= 0.6 ? [lesion] : [],
      }),
      encodeMask: () => ({ png: new Uint8Array() }),
      encodeProbability: () => ({ png: new Uint8Array() }),
      encodePicture: () => ({ png: new Uint8Array() }),
      stored: () => ({ bytes: 0, modelIds: [] }),
      forget: () => ({}),
    };
    // One entry a job: the name picks the input's and the output's type together, which an index cannot say.
    const output = (outputs[start.name] as (input: unknown) => unknown)(start.input);
    this.#reply({ kind: 'done', jobId: start.jobId, name: start.name, output } as Reply);
  }

  #reply(data: Reply) {
    queueMicrotask(() => this.onmessage?.({ data }));
  }
}

let worker: StagedWorker;
let study: Study;

beforeEach(() => {
  worker = new StagedWorker();
  study = new Study(new WorkerClient(() => worker as unknown as Worker), { backend: 'auto', network: 'nested-unet' });
});

const picture = (name: string, bytes = 'x') => ({ kind: 'file', file: new File([bytes], name) }) as const;
const reached = (phase: string) => vi.waitFor(() => expect(study.phase).toBe(phase));

test('an opened picture is read and segmented without being asked', async () => {
  expect(study.phase).toBe('empty');
  study.open([picture('a.png')]);
  expect(study.phase).toBe('opening');
  await reached('segmented');
  expect(study.groups).toHaveLength(1);
  expect(worker.count('segment')).toBe(1);
});

test('only the chosen network is fetched at the start', async () => {
  study.start();
  await vi.waitFor(() => expect(study.networks.manifest('nested-unet')).toBeDefined());
  expect(study.networks.manifest('attention-unet')).toBeUndefined();
  expect(worker.count('load')).toBe(1);
});

test('moving the threshold never runs a network again', async () => {
  study.open([picture('a.png')]);
  await reached('segmented');
  study.setThreshold(0.7);
  await vi.waitFor(() => expect(study.groups).toHaveLength(0));
  study.setThreshold(0.3);
  await vi.waitFor(() => expect(study.groups).toHaveLength(1));
  expect(worker.count('segment')).toBe(1);
});

test('while one mask is made, the slider’s steps between are skipped and the last one counts', async () => {
  study.open([picture('a.png')]);
  await reached('segmented');
  const before = worker.count('delineate');
  worker.held.add('delineate');
  for (const threshold of [0.61, 0.65, 0.7, 0.8]) study.setThreshold(threshold);
  worker.answer('delineate');
  const { state } = study.chosen[0]!;
  await vi.waitFor(() => expect(study.chosen[0]!.state).not.toBe(state));
  await vi.waitFor(() => expect(study.chosen[0]!.state).toMatchObject({ outline: { rule: { threshold: 0.8 } } }));
  expect(worker.count('delineate') - before).toBe(2);
});

test('untouched, each network keeps its own threshold; touched, both follow', async () => {
  study.choose('both');
  study.open([picture('a.png')]);
  await reached('segmented');
  expect(study.rules.map(({ threshold }) => threshold)).toEqual([0.5, 0.4]);
  study.setThreshold(0.3);
  expect(study.rules.map(({ threshold }) => threshold)).toEqual([0.3, 0.3]);
});

test('a cancelled run waits to be asked, and then runs', async () => {
  worker.held.add('segment');
  study.open([picture('a.png')]);
  await reached('segmenting');
  expect(study.cancel()).toBe(true);
  expect(study.phase).toBe('ready');
  expect(study.chosen[0]!.state.kind).toBe('cancelled');
  worker.held.delete('segment');
  study.segment();
  await reached('segmented');
});

test('a cancelled reading waits to be asked', async () => {
  worker.held.add('decode');
  study.open([picture('a.png')]);
  study.cancel();
  expect(study.phase).toBe('ready');
  worker.held.delete('decode');
  study.segment();
  await reached('segmented');
});

test('the answer of a cancelled run is not shown when it comes late', async () => {
  worker.held.add('segment');
  study.open([picture('a.png')]);
  await reached('segmenting');
  study.cancel();
  worker.answer('segment');
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(study.phase).toBe('ready');
});

test('leaving a file stops its work; coming back goes on', async () => {
  worker.held.add('segment');
  study.open([picture('a.png'), picture('b.png')]);
  await reached('segmenting');
  worker.held.delete('segment');
  study.step(1);
  await reached('segmented');
  expect(study.files[0]!.findings['nested-unet'].state.kind).toBe('none');
  study.step(-1);
  await reached('segmented');
  expect(worker.count('segment')).toBe(3);
});

test('a result is kept: coming back to a file runs nothing again', async () => {
  study.open([picture('a.png'), picture('b.png')]);
  await reached('segmented');
  study.step(1);
  await reached('segmented');
  study.step(-1);
  await reached('segmented');
  expect(worker.count('segment')).toBe(2);
});

test('an unreadable file shows its error, keeps its mark, and the next file works', async () => {
  study.open([picture('empty.png', ''), picture('b.png')]);
  await reached('failed');
  expect(study.error).toEqual({ code: 'empty-file' });
  study.step(1);
  await reached('segmented');
  expect(study.files[0]!.state.kind).toBe('failed');
});

test('after the worker was lost, trying again works', async () => {
  worker.failing.set('segment', { code: 'worker-lost' });
  study.open([picture('a.png')]);
  await reached('failed');
  worker.failing.clear();
  study.segment();
  await reached('segmented');
  expect(study.error).toBeUndefined();
});

test('a network that cannot be fetched is tried again when asked', async () => {
  worker.failing.set('load', { code: 'model-unreachable', modelId: 'nested-unet-t1ce', file: 'manifest.json' });
  study.open([picture('a.png')]);
  await reached('failed');
  worker.failing.clear();
  study.segment();
  await reached('segmented');
  expect(study.error).toBeUndefined();
});

test('of many files only the one on screen and its neighbours stay decoded', async () => {
  study.open(Array.from({ length: 200 }, (_, index) => picture(`${index}.png`)));
  await reached('segmented');
  for (let n = 0; n < 10; n++) {
    study.step(1);
    await reached('segmented');
  }
  const decoded = study.files.filter(({ volume: pixels }) => pixels).length;
  expect(decoded).toBeLessThanOrEqual(3);
  expect(worker.count('decode')).toBeLessThan(25);
  expect(study.files[0]!.findings['nested-unet'].lesionCount).toBe(1);
});

test('files in sight get their small pictures, one after the other, and let their pixels go', async () => {
  study.open(Array.from({ length: 20 }, (_, index) => picture(`${index}.png`)));
  await reached('segmented');
  for (const file of study.files.slice(10, 15)) study.wantThumbnail(file, true);
  await vi.waitFor(() => expect(study.files.slice(10, 15).every(({ thumbnail }) => thumbnail)).toBe(true));
  expect(study.files.slice(10, 15).some(({ volume: pixels }) => pixels)).toBe(false);
});

test('stepping through lesions goes round', async () => {
  study.choose('both');
  study.open([picture('a.png')]);
  await reached('segmented');
  expect(study.selectedGroup).toBeUndefined();
  study.stepGroup(1);
  expect(study.selectedGroup?.id).toBe(1);
  study.stepGroup(1);
  expect(study.selectedGroup?.id).toBe(1);
});

test('closing all leaves nothing open', async () => {
  study.open([picture('a.png')]);
  await reached('segmented');
  study.closeAll();
  expect(study.phase).toBe('empty');
  expect(study.files).toEqual([]);
});
