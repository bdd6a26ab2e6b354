/** The worker's entry: the pipeline behind the protocol. It holds caches, never truth: it may be ended at any moment. */
import { tfjsWasmPath, tfjsWasmNames, type AssetSource } from '../domain/assets';
import type { Checkpoint } from '../domain/network';
import { addressing, isOneFile, type ProgramFiles } from '../domain/programFiles';
import { shippedModels } from '../models/shipped';
import { encodeMaskPng, encodeProbabilityPng, encodeRgbaPng } from '../pipeline/encode';
import { equalize } from '../pipeline/equalize';
import { exportResult } from '../pipeline/export';
import { openScan, survey } from '../pipeline/open';
import { outline } from '../pipeline/outline';
import { opencvWorkerUrl } from '../pipeline/opencvWorkerUrl';
import { type PartialSlice, segment } from '../pipeline/segment';
import { segmentTriPlanar } from '../pipeline/segmentTriPlanar';
import { Workbench } from '../pipeline/workbench';
import { browserStore, noStore, type Store } from '../storage/store';
import { forgetModels, storedModels } from '../storage/weights';
import { Desk, type Done, type Perform } from './desk';
import { transferables } from './transferables';
import { assetSource } from './fetchFiles';
import { ModelShelf } from './modelShelf';
import type { Begin, JobName, Jobs, Request } from './protocol';

// Set by the first message, before any job.
let assets: AssetSource;
let store: Store;
let shelf: ModelShelf;
let workbench: Workbench;

function begin(files: ProgramFiles) {
  const addressOf = addressing(files);
  assets = assetSource(addressOf);
  // What is inside the page need not be kept beside it.
  store = isOneFile(files) ? noStore : browserStore;
  shelf = new ModelShelf(addressOf, store, new Map(shippedModels.map((model) => [model.id, model.manifestSha256])));
  workbench = new Workbench({
    wasmFolder: isOneFile(files)
      ? Object.fromEntries(tfjsWasmNames.map((name) => [name, addressOf(tfjsWasmPath(name))]))
      : addressOf(tfjsWasmPath('')),
    assets,
    readModel: (modelId, checkpoint) => shelf.read(modelId, checkpoint),
    // Chromium starts no module worker where the page has no origin.
    startOpencvWorker: () =>
      new Worker(addressOf(opencvWorkerUrl), { type: isOneFile(files) ? 'classic' : 'module', name: 'opencv' }),
  });
}

/** One case a job: the protocol's list, done. */
const jobs: {
  readonly [Name in JobName]: (
    input: Jobs[Name]['input'],
    checkpoint: Checkpoint,
    show: (partial: PartialSlice) => void,
  ) => Promise<Jobs[Name]['output']>;
} = {
  async prepare({ backend }) {
    workbench.choose(backend);
    const [engine] = await Promise.all([workbench.engine(), workbench.clahe()]);
    return { backend: engine.report };
  },
  async load({ modelId }, checkpoint) {
    const { manifest } = await workbench.network(modelId, checkpoint);
    return { manifest, ...shelf.origin(modelId), backend: (await workbench.engine()).report };
  },
  async release() {
    await workbench.release();
    return {};
  },
  async survey({ files }, checkpoint) {
    return { survey: await survey(files, assets, checkpoint) };
  },
  async decode({ scan }, checkpoint) {
    return { volume: await openScan(scan, assets, checkpoint) };
  },
  async equalize({ volume, modelId }, checkpoint) {
    const { manifest } = await workbench.network(modelId, checkpoint);
    return { equalized: await equalize(volume, manifest.preprocess, await workbench.clahe(), checkpoint) };
  },
  async segment({ volume, modelId, isTriPlanar }, checkpoint, show) {
    const network = await workbench.network(modelId, checkpoint);
    const look = isTriPlanar ? segmentTriPlanar : segment;
    const map = await look(volume, network, await workbench.clahe(), checkpoint, show);
    return { map, backend: (await workbench.engine()).report };
  },
  async delineate({ map, rule }) {
    return outline(map, rule);
  },
  async encodeMask({ mask, slice, about }) {
    return { png: encodeMaskPng(mask, slice, about) };
  },
  async encodeProbability({ map, slice, about }) {
    return { png: encodeProbabilityPng(map, slice, about) };
  },
  async export({ format, result }) {
    return { bytes: exportResult(format, result) };
  },
  async encodePicture({ picture, abouts }) {
    return { png: encodeRgbaPng(picture, abouts) };
  },
  stored: () => storedModels(store),
  async forget() {
    await forgetModels(store);
    return {};
  },
};

const perform: Perform = async ({ jobId, name, input }, checkpoint, show) => {
  // `name`, `input` and the job's function belong together by the types of `Start` and `jobs`; a union cannot say so.
  const job = jobs[name] as (input: unknown, checkpoint: Checkpoint, show: unknown) => Promise<unknown>;
  return { kind: 'done', jobId, name, output: await job(input, checkpoint, show) } as Done;
};

const desk = new Desk(perform, (reply) => self.postMessage(reply, transferables(reply)));

self.addEventListener('message', ({ data }: MessageEvent<Begin | Request>) => {
  if (data.kind === 'begin') begin(data.files);
  else desk.receive(data);
});

// A promise that nobody awaits fails silently in a worker: the page would wait for ever.
self.addEventListener('unhandledrejection', (event) => {
  event.preventDefault();
  desk.failAll(event.reason);
});
