/** What a host needs at hand to segment: made once, used for every file. A cache: losing it costs seconds, nothing else. */
import type { AssetSource } from '../domain/assets';
import type { BackendChoice } from '../domain/backend';
import type { Checkpoint } from '../domain/network';
import { endGdcm } from '../decode/dicom/gdcm';
import { type BackendHost, type Engine, openBackend } from '../infer/backend';
import { loadNetwork, type Network } from '../infer/network';
import type { ModelManifest } from '../models/manifest';
import { type Clahe, loadClahe } from '../preprocess/clahe';

/** A model's manifest, and its files by the names the manifest gives them, already checked against its sha256. */
export interface ModelFiles {
  readonly manifest: ModelManifest;
  readonly files: ReadonlyMap<string, Uint8Array>;
}

/** Where a host keeps what the steps need. */
export interface Host extends BackendHost {
  readonly assets: AssetSource;
  readonly readModel: (modelId: string, checkpoint: Checkpoint) => Promise<ModelFiles>;
  /** In a browser: OpenCV.js runs apart. Where it is not given, it runs here. */
  readonly startOpencvWorker?: () => Worker;
}

export class Workbench {
  readonly #host: Host;
  #backend: BackendChoice = 'auto';
  readonly #engine = new Map<'engine', Promise<Engine>>();
  readonly #networks = new Map<string, Promise<Network>>();

  constructor(host: Host) {
    this.#host = host;
  }

  /** Takes effect for the networks loaded after it; those loaded before are let go. */
  choose(backend: BackendChoice) {
    if (backend === this.#backend) return;
    this.#backend = backend;
    for (const network of this.#networks.values()) network.then((loaded) => loaded.dispose()).catch(() => undefined);
    this.#networks.clear();
    this.#engine.clear();
  }

  /** @throws PipelineFailure `backend-unavailable` */
  engine(): Promise<Engine> {
    return keep(this.#engine, 'engine', () => openBackend(this.#backend, this.#host));
  }

  /** Gives back what is kept for the next slice or frame; what is loaded stays. Opens nothing. */
  async release(): Promise<void> {
    endGdcm();
    await (await this.#engine.get('engine')?.catch(() => undefined))?.releasePools();
  }

  /** The recipe's contrast step, with its program loaded (once: `loadClahe` keeps it). */
  clahe(): Promise<Clahe> {
    return loadClahe(this.#host.assets, this.#host.startOpencvWorker);
  }

  /** Read, compiled, warmed up and checked. @throws PipelineFailure `model-…`, `backend-unavailable`, `inference-untrusted` */
  network(modelId: string, checkpoint: Checkpoint): Promise<Network> {
    return keep(this.#networks, modelId, async () => {
      const { manifest, files } = await this.#host.readModel(modelId, checkpoint);
      const engine = await this.engine();
      await checkpoint('compile', 0, 1);
      const network = await loadNetwork(engine, manifest, files);
      await checkpoint('compile', 1, 1);
      return network;
    });
  }
}

/** Makes a thing once. A failure is forgotten, so that the next call tries again. */
function keep<Key, Thing>(kept: Map<Key, Promise<Thing>>, key: Key, make: () => Promise<Thing>): Promise<Thing> {
  const known = kept.get(key);
  if (known) return known;
  const made = make();
  kept.set(key, made);
  made.catch(() => {
    if (kept.get(key) === made) kept.delete(key);
  });
  return made;
}
