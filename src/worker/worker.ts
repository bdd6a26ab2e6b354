/** The worker's entry: the pipeline behind the protocol. It holds caches, never truth: it may be ended at any moment. */
import type { Checkpoint } from '../domain/network';
import { encodeMaskPng, encodeProbabilityPng, encodeRgbaPng } from '../pipeline/encode';
import { equalize } from '../pipeline/equalize';
import { blobBytes, open } from '../pipeline/open';
import { outline } from '../pipeline/outline';
import { segment } from '../pipeline/segment';
import { Workbench } from '../pipeline/workbench';
import { forgetModels, storedModels } from '../storage/weights';
import { Desk, type Done, type Start } from './desk';
import { fetchAsset } from './fetchFiles';
import { ModelShelf } from './modelShelf';
import type { JobName, Jobs, Request } from './protocol';

/** The page's address, which `startWorker` gives as the worker's name. */
const pageUrl = self.name || self.location.href;

const shelf = new ModelShelf(pageUrl);

const workbench = new Workbench({
  wasmFolder: new URL('assets/tfjs/', pageUrl).href,
  assets: fetchAsset,
  readModel: (modelId, checkpoint) => shelf.read(modelId, checkpoint),
});

/** One case a job: the protocol's list, done. */
const jobs: {
  readonly [Name in JobName]: (input: Jobs[Name]['input'], checkpoint: Checkpoint) => Promise<Jobs[Name]['output']>;
} = {
  async prepare({ backend }) {
    workbench.choose(backend);
    const [engine] = await Promise.all([workbench.engine(), workbench.clahe()]);
    return { backend: engine.report };
  },
  async load({ modelId }, checkpoint) {
    const { manifest } = await workbench.network(modelId, checkpoint);
    return { manifest, from: shelf.origin(modelId) };
  },
  async decode({ file }, checkpoint) {
    return { volume: await open(blobBytes(file), fetchAsset, checkpoint) };
  },
  async equalize({ volume, modelId }, checkpoint) {
    const { manifest } = await workbench.network(modelId, checkpoint);
    return { equalized: await equalize(volume, manifest.preprocess, await workbench.clahe(), checkpoint) };
  },
  async segment({ volume, modelId }, checkpoint) {
    const network = await workbench.network(modelId, checkpoint);
    const map = await segment(volume, network, await workbench.clahe(), checkpoint);
    return { map, backend: (await workbench.engine()).report };
  },
  async delineate({ map, rule }) {
    return outline(map, rule);
  },
  async encodeMask({ mask, slice }) {
    return { png: encodeMaskPng(mask, slice) };
  },
  async encodeProbability({ map, slice }) {
    return { png: encodeProbabilityPng(map, slice) };
  },
  async encodePicture({ rgba, width, height }) {
    return { png: encodeRgbaPng(rgba, width, height) };
  },
  stored: () => storedModels(),
  async forget() {
    await forgetModels();
    return {};
  },
};

async function perform({ jobId, name, input }: Start, checkpoint: Checkpoint): Promise<Done> {
  // `name`, `input` and the job's function belong together by the types of `Start` and `jobs`; a union cannot say so.
  const job = jobs[name] as (input: unknown, checkpoint: Checkpoint) => Promise<unknown>;
  return { kind: 'done', jobId, name, output: await job(input, checkpoint) } as Done;
}

const desk = new Desk(perform, (reply) => self.postMessage(reply));

self.addEventListener('message', ({ data }: MessageEvent<Request>) => desk.receive(data));

// A promise that nobody awaits fails silently in a worker: the page would wait for ever.
self.addEventListener('unhandledrejection', (event) => {
  event.preventDefault();
  desk.failAll(event.reason);
});
