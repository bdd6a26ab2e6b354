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

/** What a network says of one slice, and what stands behind it. */
export interface Answer {
  /** As many as the slice has pixels, row by row, each in [0, 1]. */
  readonly probabilities: Float32Array;
  /** The network on one device: another object, once another device has taken its place. */
  readonly device: object;
  /** Whatever this device has answered so far stands: it knew the check slice afterwards, or is not to be doubted. */
  readonly isConfirmed: boolean;
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
   * @param isCheckDue  a GPU may come to answer wrongly, and in the same way each time: it is asked the check slice after this
   *   one. A device that is replaced before that leaves answers behind which nothing confirms.
   * @throws PipelineFailure `inference-untrusted`, `out-of-memory`
   */
  probabilities(slice: Float32Array, isCheckDue = true): Promise<Answer> {
    return trusted(this.#engine, 'infer', () => {
      // Of the backend that this work is given to: before its turn comes, another network's fault may change it.
      const isDoubted = this.#engine.reference !== undefined;
      return this.#engine.run(async () => {
        const device = await this.#proven();
        if (!isDoubted) {
          return { probabilities: await answer(device, this.manifest, slice), device, isConfirmed: true };
        }
        const probabilities = await answerTwice(device, this.manifest, slice);
        if (isCheckDue) await this.#assertKnown(device, 'its check slice no longer got the known answer');
        return { probabilities, device, isConfirmed: isCheckDue };
      });
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
