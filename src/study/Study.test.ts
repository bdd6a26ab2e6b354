import { beforeEach, expect, test, vi } from 'vitest';
import type { BackendReport } from '../domain/backend';
import type { PipelineError } from '../domain/errors';
import { ijk } from '../domain/grid';
import type { NamedFile, Scan, Sequence, Survey } from '../domain/scan';
import type { Volume } from '../domain/volume';
import type { ModelManifest } from '../models/manifest';
import { WorkerClient } from '../worker/client';
import type { Jobs, JobName, Progress, Reply, Request } from '../worker/protocol';
import { Study } from './Study.svelte';

vi.mock('virtual:shipped-models', async () => (await import('./fixtures/listedModels')).bothSequences);

type Start = Extract<Request, { kind: 'start' }>;

const volume: Volume = {
  grid: { dims: [4, 4, 1], space: { kind: 'pixels' } },
  intensities: new Float32Array(16),
  isEightBit: true,
  origin: { kind: 'picture' } as const,
  sequence: 'unknown' as const,
  warnings: [],
};
const lesion = {
  id: 1,
  voxelCount: 16,
  centroid: ijk(1.5, 1.5, 0),
  meanProbability: 0.6,
  maxProbability: 0.6,
  slices: [0, 0] as const,
  extent: undefined,
};
/** A volume in the patient's space, with one lesion of 8 mm³ in its corner. */
const head: Volume = {
  ...volume,
  grid: {
    dims: [4, 4, 2],
    space: { kind: 'patient', affine: [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0]] }, // prettier-ignore
  },
  intensities: new Float32Array(32),
  isEightBit: false,
  sequence: 'T2',
};

/** As the file's name says: "t2/1.dcm" is of the series t2; "notes.md" is no image; "cut.png" is broken. */
function surveyOf(files: readonly NamedFile[]): Survey {
  const scans: Scan[] = [];
  const series = new Map<string, NamedFile[]>();
  for (const file of files) {
    const [folder, name] = file.path.split('/');
    if (name) series.set(folder!, [...(series.get(folder!) ?? []), file]);
    else if (/\.png$/.test(file.path) && file.blob.size > 0) {
      scans.push({ ...named(file.path), kind: 'picture', files: [file] });
    }
  }
  for (const [folder, instances] of series) {
    const sequence: Sequence = folder === 't1c' ? 'T1-CE' : folder === 'flair' ? 'FLAIR' : 'T2';
    const facts = { description: folder, number: 1, sequence, dims: head.grid.dims };
    scans.push({ ...named(folder), kind: 'dicom', files: instances, series: facts });
  }
  const refused = files.filter(({ blob }) => blob.size === 0);
  return {
    scans,
    refused: refused.map(({ path }) => ({ path, error: { code: 'empty-file' } })),
    ignored: files.map(({ path }) => path).filter((path) => path.endsWith('.md')),
  };
}
const named = (name: string) => ({ id: name, name, stem: name.replace('.png', ''), warnings: [] });

const backend = { backend: 'wasm', adapter: '1 thread', reason: 'tests' } as const;

/** A manifest as far as the study reads it. */
const manifest = (modelId: string) =>
  ({
    id: modelId,
    threshold: { value: modelId.startsWith('nested') ? 0.5 : 0.4, chosenOn: '' },
    sequence: modelId.endsWith('flair') ? 'flair' : 't1ce',
    minLesionPx: 4,
    preprocess: { inputSize: [4, 4], grid: { spacingMm: 1 } },
  }) as unknown as ModelManifest;

/** A worker that answers as told; what is not told is answered at once. */
class StagedWorker {
  onmessage: ((event: { data: Reply }) => void) | undefined;
  readonly started: Start[] = [];
  readonly held = new Set<JobName>();
  readonly failing = new Map<JobName, PipelineError>();
  backend: BackendReport = backend;

  postMessage(request: Request) {
    if (request.kind === 'cancel') this.#reply({ kind: 'failed', jobId: request.jobId, error: { code: 'cancelled' } });
    else if (request.kind === 'start') this.#start(request);
  }

  terminate() {
    this.onmessage = undefined;
  }

  /** Answers the jobs of this name that were held back. */
  answer(name: JobName) {
    this.held.delete(name);
    for (const start of this.started.filter((one) => one.name === name)) this.#done(start);
  }

  /** A first slice of the network that runs. */
  partial(partial: NonNullable<Progress['partial']>) {
    const { jobId } = this.started.find(({ name }) => name === 'segment')!;
    this.#reply({ kind: 'progress', jobId, stage: 'infer', done: 1, total: 2, partial });
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
      load: ({ modelId }) => ({ manifest: manifest(modelId), from: 'network', isStored: true, backend }),
      survey: ({ files }) => ({ survey: surveyOf(files) }),
      decode: ({ scan }) => ({ volume: scan.kind === 'picture' ? volume : head }),
      equalize: () => ({ equalized: new Uint8Array(16) }),
      segment: ({ volume: { grid, intensities } }) => ({
        map: { grid, probabilities: new Float32Array(intensities.length).fill(0.6) },
        backend: this.backend,
      }),
      delineate: ({ map: { grid, probabilities }, rule }) => ({
        mask: { grid, labels: new Uint16Array(probabilities.length).fill(rule.threshold <= 0.6 ? 1 : 0) },
        lesions: rule.threshold <= 0.6 ? [lesion] : [],
      }),
      encodeMask: () => ({ png: new Uint8Array() }),
      encodeProbability: () => ({ png: new Uint8Array() }),
      encodePicture: () => ({ png: new Uint8Array() }),
      export: () => ({ bytes: new Uint8Array() }),
      stored: () => ({ bytes: 0, modelIds: [] }),
      forget: () => ({}),
      release: () => ({}),
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
  study = new Study(new WorkerClient(() => worker as unknown as Worker), {
    ...{ backend: 'auto', network: 'nested-unet', sequence: 't1ce' },
  });
});

const picture = (name: string, bytes = 'x') => ({ path: name, blob: new File([bytes], name) });
const reached = (phase: string) => vi.waitFor(() => expect(study.phase).toBe(phase));

test('an opened picture is read and segmented without being asked', async () => {
  expect(study.phase).toBe('empty');
  void study.open([picture('a.png')]);
  expect(study.phase).toBe('opening');
  await reached('segmented');
  expect(study.lesions.groups).toHaveLength(1);
  expect(worker.count('segment')).toBe(1);
});

test('only the chosen network is fetched at the start', async () => {
  study.start();
  await vi.waitFor(() => expect(study.networks.manifest('nested-unet-t1ce')).toBeDefined());
  expect(study.networks.manifest('attention-unet-t1ce')).toBeUndefined();
  expect(worker.count('load')).toBe(1);
});

test('moving the threshold never runs a network again', async () => {
  void study.open([picture('a.png')]);
  await reached('segmented');
  study.setThreshold(0.7);
  await vi.waitFor(() => expect(study.lesions.groups).toHaveLength(0));
  study.setThreshold(0.3);
  await vi.waitFor(() => expect(study.lesions.groups).toHaveLength(1));
  expect(worker.count('segment')).toBe(1);
});

test('while one mask is made, the slider’s steps between are skipped and the last one counts', async () => {
  void study.open([picture('a.png')]);
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
  void study.open([picture('a.png')]);
  await reached('segmented');
  expect(study.rules.map(({ threshold }) => threshold)).toEqual([0.5, 0.4]);
  study.setThreshold(0.3);
  expect(study.rules.map(({ threshold }) => threshold)).toEqual([0.3, 0.3]);
});

test('a cancelled run waits to be asked, and then runs', async () => {
  worker.held.add('segment');
  void study.open([picture('a.png')]);
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
  void study.open([picture('a.png')]);
  await vi.waitFor(() => expect(study.current?.state.kind).toBe('reading'));
  study.cancel();
  expect(study.phase).toBe('ready');
  worker.held.delete('decode');
  study.segment();
  await reached('segmented');
});

test('the answer of a cancelled run is not shown when it comes late', async () => {
  worker.held.add('segment');
  void study.open([picture('a.png')]);
  await reached('segmenting');
  study.cancel();
  worker.answer('segment');
  await new Promise((resolve) => setTimeout(resolve, 20));
  expect(study.phase).toBe('ready');
});

test('leaving a file stops its work; coming back goes on', async () => {
  worker.held.add('segment');
  void study.open([picture('a.png'), picture('b.png')]);
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
  void study.open([picture('a.png'), picture('b.png')]);
  await reached('segmented');
  study.step(1);
  await reached('segmented');
  study.step(-1);
  await reached('segmented');
  expect(worker.count('segment')).toBe(2);
});

test('an unreadable file shows its error, keeps its mark, and the next file works', async () => {
  void study.open([picture('empty.png', ''), picture('b.png')]);
  await reached('failed');
  expect(study.error).toEqual({ code: 'empty-file' });
  study.step(1);
  await reached('segmented');
  expect(study.files[0]!.state.kind).toBe('failed');
});

test('after the worker was lost, trying again works', async () => {
  worker.failing.set('segment', { code: 'worker-lost' });
  void study.open([picture('a.png')]);
  await reached('failed');
  worker.failing.clear();
  study.segment();
  await reached('segmented');
  expect(study.error).toBeUndefined();
});

test('a network that cannot be fetched is tried again when asked', async () => {
  worker.failing.set('load', { code: 'model-unreachable', modelId: 'nested-unet-t1ce', file: 'manifest.json' });
  void study.open([picture('a.png')]);
  await reached('failed');
  worker.failing.clear();
  study.segment();
  await reached('segmented');
  expect(study.error).toBeUndefined();
});

test('of many files only the one on screen and its neighbours stay decoded', async () => {
  void study.open(Array.from({ length: 200 }, (_, index) => picture(`${index}.png`)));
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
  void study.open(Array.from({ length: 20 }, (_, index) => picture(`${index}.png`)));
  await reached('segmented');
  for (const file of study.files.slice(10, 15)) study.wantThumbnail(file, true);
  await vi.waitFor(() => expect(study.files.slice(10, 15).every(({ thumbnail }) => thumbnail)).toBe(true));
  expect(study.files.slice(10, 15).some(({ volume: pixels }) => pixels)).toBe(false);
});

test('stepping through lesions goes round', async () => {
  study.choose('both');
  void study.open([picture('a.png')]);
  await reached('segmented');
  expect(study.lesions.selected).toBeUndefined();
  study.lesions.step(1);
  expect(study.lesions.selected?.id).toBe(1);
  study.lesions.step(1);
  expect(study.lesions.selected?.id).toBe(1);
});

test('closing all leaves nothing open', async () => {
  void study.open([picture('a.png')]);
  await reached('segmented');
  study.closeAll();
  expect(study.phase).toBe('empty');
  expect(study.files).toEqual([]);
});

const folder = (name: string, count: number) =>
  Array.from({ length: count }, (_, index) => picture(`${name}/${index}.dcm`));

test('of the series of a folder the network’s own is shown; the others wait until they are looked at', async () => {
  await study.open([...folder('t2', 3), picture('notes.md'), ...folder('t1c', 3)]);
  await reached('segmented');
  expect(study.files.map(({ name }) => name)).toEqual(['t2', 't1c']);
  expect(study.current?.name).toBe('t1c');
  expect(study.ignored).toEqual(['notes.md']);
  expect(worker.count('decode')).toBe(1);
  study.show(study.files[0]!);
  await reached('segmented');
  expect(worker.count('segment')).toBe(2);
});

test('a series that the network was not trained on is said, and segmented all the same', async () => {
  await study.open(folder('t2', 3));
  await reached('segmented');
  expect(study.warnings).toContainEqual({ code: 'other-sequence', found: 'T2', trainedOn: 'T1-CE' });
});

test('looking through many files can be cancelled, and then nothing was opened', async () => {
  worker.held.add('survey');
  const opening = study.open(folder('t2', 3));
  expect(study.phase).toBe('opening');
  expect(study.cancel()).toBe(true);
  await opening;
  expect(study.phase).toBe('empty');
  expect(study.complaint).toBeUndefined();
});

test('where nothing that was chosen is an image, that is said', async () => {
  await study.open([picture('notes.md')]);
  expect(study.isNothingFound).toBe(true);
  expect(study.phase).toBe('empty');
});

test('the smallest lesion of a volume is asked for in mm³, that of a picture in pixels', async () => {
  await study.open([picture('a.png'), ...folder('t1c', 2)]);
  await reached('segmented');
  study.setSmallest(7);
  expect(study.rules[0]!.minVoxelCount).toBe(7);
  study.show(study.files[0]!);
  await reached('segmented');
  expect(study.rules[0]!.minVoxelCount).toBe(4);
});

test('a rejected lesion leaves the answer, and comes back when that is undone', async () => {
  await study.open([picture('a.png')]);
  await reached('segmented');
  const [group] = study.lesions.groups;
  study.lesions.decide(group!, 'rejected');
  expect(study.lesions.verdictOn(group!)).toBe('rejected');
  expect(study.lesions.answers[0]!.lesions).toEqual([]);
  expect(study.lesions.groups).toHaveLength(1);
  study.lesions.undo();
  expect(study.lesions.answers[0]!.lesions).toHaveLength(1);
  study.lesions.redo();
  study.lesions.decide(group!, 'rejected');
  expect(study.lesions.verdictOn(group!)).toBeUndefined();
});

test('small pictures of series are made of one slice each', async () => {
  await study.open([...folder('t1c', 3), ...folder('t2', 3)]);
  await reached('segmented');
  study.wantThumbnail(study.files[1]!, true);
  await vi.waitFor(() => expect(study.files[1]!.thumbnail).toBeDefined());
  const scans = worker.started.flatMap((start) => (start.name === 'decode' ? [start.input.scan] : []));
  expect(scans.map(({ files }) => files.map(({ path }) => path))).toEqual([
    ['t1c/0.dcm', 't1c/1.dcm', 't1c/2.dcm'],
    ['t2/1.dcm'],
  ]);
});

test('what is known of the slices so far is kept while the network runs', async () => {
  worker.held.add('segment');
  await study.open(folder('t1c', 2));
  await reached('segmenting');
  const probabilities = new Float32Array(16).fill(0.9);
  worker.partial({ slice: 1, rows: 4, cols: 4, probabilities });
  await vi.waitFor(() => expect(study.chosen[0]!.state).toMatchObject({ kind: 'segmenting', progress: { done: 1 } }));
  const { state } = study.chosen[0]!;
  expect(state.kind === 'segmenting' && state.partials).toMatchObject([{ slice: 1, probabilities }]);
});

const modelsRun = () => worker.started.flatMap((start) => (start.name === 'segment' ? [start.input.modelId] : []));

test('a series that says it is FLAIR goes to the networks for FLAIR, one that says nothing to those for T1-CE', async () => {
  await study.open([...folder('flair', 2), picture('a.png')]);
  await reached('segmented');
  expect(study.sequence).toBe('flair');
  expect(study.warnings).toEqual([]);
  study.show(study.files[1]!);
  await reached('segmented');
  expect(study.sequence).toBe('t1ce');
  expect(modelsRun()).toEqual(['nested-unet-flair', 'nested-unet-t1ce']);
});

test('the user can have the other networks look at a series, with a warning, and come back without a new run', async () => {
  await study.open(folder('flair', 2));
  await reached('segmented');
  study.chooseSequence('t1ce');
  await reached('segmented');
  expect(study.chosen[0]!.state).toMatchObject({ manifest: { id: 'nested-unet-t1ce' } });
  expect(study.warnings).toContainEqual({ code: 'other-sequence', found: 'FLAIR', trainedOn: 'T1-CE' });
  study.chooseSequence('flair');
  await reached('segmented');
  expect(study.warnings).toEqual([]);
  expect(modelsRun()).toEqual(['nested-unet-flair', 'nested-unet-t1ce']);
});

test('files that do not say what they are follow the last choice; those that say it keep their own', async () => {
  await study.open([picture('a.png'), picture('b.png'), ...folder('t1c', 2)]);
  await reached('segmented');
  expect(study.current?.name).toBe('t1c');
  study.show(study.files[0]!);
  study.chooseSequence('flair');
  await reached('segmented');
  study.step(1);
  await reached('segmented');
  expect(study.sequence).toBe('flair');
  study.step(1);
  expect(study.sequence).toBe('t1ce');
});

test('what was decided on the lesions of one sequence’s networks says nothing of the other’s', async () => {
  await study.open([picture('a.png')]);
  await reached('segmented');
  study.lesions.decide(study.lesions.groups[0]!, 'rejected');
  study.chooseSequence('flair');
  await reached('segmented');
  expect(study.lesions.verdictOn(study.lesions.groups[0]!)).toBeUndefined();
  study.chooseSequence('t1ce');
  expect(study.lesions.verdictOn(study.lesions.groups[0]!)).toBe('rejected');
});

test('a run that was left for another sequence is not gone on with', async () => {
  study.choose('both');
  worker.held.add('segment');
  await study.open([picture('a.png')]);
  await reached('segmenting');
  worker.held.delete('segment');
  study.chooseSequence('flair');
  await reached('segmented');
  expect(modelsRun()).toEqual(['nested-unet-t1ce', 'nested-unet-flair', 'attention-unet-flair']);
});

test('when all is closed the worker gives back what it kept', async () => {
  void study.open([picture('a.png')]);
  await reached('segmented');
  expect(worker.count('release')).toBe(0);
  study.closeAll();
  expect(worker.count('release')).toBe(1);
  expect(study.phase).toBe('empty');
});

test('a GPU that was replaced on the way is said beside the result, and the backend shown is the one that ran', async () => {
  worker.backend = { ...backend, failed: { backend: 'WebGPU on amd', reason: 'the GPU was lost' } };
  void study.open([picture('a.png')]);
  await reached('segmented');
  expect(study.warnings).toContainEqual({
    code: 'backend-replaced',
    from: 'WebGPU on amd',
    reason: 'the GPU was lost',
  });
  expect(study.networks.backend).toEqual(worker.backend);
});
