/** One model, compiled on a backend and proven on a slice whose answer is known. */
import { io } from '@tensorflow/tfjs-core';
import type { GraphModel } from '@tensorflow/tfjs-converter';
import { PipelineFailure } from '../domain/errors';
import type { ModelManifest } from '../models/manifest';
import { answer, answerTwice, assertPublishedAnswer, assertSameAnswer } from './answer';
import { drawCheckSlice } from './checkSlice';
import { trusted, type Engine } from './engine';
import { readGraph } from './graphFile';

/**
 * Compiles, warms up and checks.
 *
 * @param files by the names in `manifest.files`, already checked against their sha256
 * @throws PipelineFailure `model-invalid`, `inference-untrusted`, `out-of-memory`, `program-unreachable`
 */
export async function loadNetwork(
  engine: Engine,
  manifest: ModelManifest,
  files: ReadonlyMap<string, Uint8Array>,
): Promise<Network> {
  try {
    const graph = readGraph(manifest, files);
    const known = await knownAnswer(engine.reference ?? engine, manifest, graph);
    const network = new Network(engine, manifest, graph, known);
    await network.ready().catch((thrown: unknown) => {
      network.dispose();
      throw thrown;
    });
    return network;
  } catch (thrown) {
    if (thrown instanceof PipelineFailure) throw thrown;
    const said = thrown instanceof Error ? thrown.message : String(thrown);
    const problem = `TensorFlow.js cannot run its graph (${said.slice(0, 200)})`;
    throw new PipelineFailure({ code: 'model-invalid', modelId: manifest.id, problem });
  }
}

/**
 * What another engine, or an earlier copy of the same network, answers to the check slice. PyTorch's own answer, where the
 * manifest has it, holds that to account; it is too coarse to stand in its place.
 */
function knownAnswer(engine: Engine, manifest: ModelManifest, graph: io.ModelArtifacts): Promise<Float32Array> {
  return trusted(engine, 'compile', () =>
    engine.run(async () => {
      const model = await compile(graph);
      try {
        const known = await answer(model, manifest, drawCheckSlice(...manifest.preprocess.inputSize));
        assertPublishedAnswer(known, manifest);
        return known;
      } finally {
        model.dispose();
      }
    }),
  );
}

/** Owns the weights on the device, and their bytes, from which they come back after the device was lost. */
export class Network {
  readonly manifest: ModelManifest;
  readonly #engine: Engine;
  readonly #graph: io.ModelArtifacts;
  readonly #known: Float32Array;
  readonly #stopListening: () => void;
  #model: GraphModel | undefined;
  #isDisposed = false;

  constructor(engine: Engine, manifest: ModelManifest, graph: io.ModelArtifacts, known: Float32Array) {
    this.manifest = manifest;
    this.#engine = engine;
    this.#graph = graph;
    this.#known = known;
    this.#stopListening = engine.beforeRenewal(() => this.#release());
  }

  /** On its device, and proven there. */
  ready(): Promise<void> {
    return trusted(this.#engine, 'compile', () => this.#engine.run(async () => void (await this.#proven())));
  }

  /**
   * @param slice rows × cols values in [0, 1], row by row, already through the recipe
   * @returns as many probabilities of lesion, each in [0, 1]
   * @throws PipelineFailure `inference-untrusted`, `out-of-memory`
   */
  probabilities(slice: Float32Array): Promise<Float32Array> {
    return trusted(this.#engine, 'infer', () =>
      this.#engine.run(async () => {
        const model = await this.#proven();
        return this.#engine.reference ? answerTwice(model, this.manifest, slice) : answer(model, this.manifest, slice);
      }),
    );
  }

  /**
   * For all slices of a volume: a GPU that came to answer wrongly in the same way each time is asked the check slice once
   * more after the last of them. Without its known answer none of them counts, and `slices` is called again, as one slice
   * would be: on a fresh device, then on the backend that takes over.
   *
   * @throws PipelineFailure `inference-untrusted`, `out-of-memory`, or what `slices` throws
   */
  vouchFor<T>(slices: () => Promise<T>): Promise<T> {
    return trusted(this.#engine, 'infer', async () => {
      const found = await slices();
      if (this.#engine.reference) {
        const reason = 'after the last slice its check slice no longer got the known answer';
        await this.#engine.run(async () => this.#assertKnown(await this.#proven(), reason));
      }
      return found;
    });
  }

  /** Frees the weights; the network cannot be used after it. */
  dispose() {
    this.#isDisposed = true;
    this.#stopListening();
    this.#release();
  }

  /** No slice meets a device on which the check slice has not had its known answer. */
  async #proven(): Promise<GraphModel> {
    if (this.#isDisposed) throw new Error(`${this.manifest.id} was disposed`);
    if (this.#model) return this.#model;
    const model = await compile(this.#graph);
    try {
      await this.#assertKnown(model, 'its check slice did not get the known answer');
    } catch (thrown) {
      model.dispose();
      throw thrown;
    }
    this.#model = model;
    return model;
  }

  async #assertKnown(model: GraphModel, reason: string) {
    const found = await answer(model, this.manifest, drawCheckSlice(...this.manifest.preprocess.inputSize));
    assertSameAnswer(found, this.#known, reason);
  }

  #release() {
    this.#model?.dispose();
    this.#model = undefined;
  }
}

async function compile(graph: io.ModelArtifacts): Promise<GraphModel> {
  const { loadGraphModel } = await import('@tensorflow/tfjs-converter').catch(() => {
    throw new PipelineFailure({ code: 'program-unreachable', part: 'the networks’ reader' });
  });
  return loadGraphModel(io.fromMemory(graph));
}
