/** A TensorFlow.js GraphModel's files, read and checked once; the bytes stay here, so that a network can be made anew. */
import type { io } from '@tensorflow/tfjs-core';
import { PipelineFailure } from '../domain/errors';
import type { ModelManifest } from '../models/manifest';

const bytesOf: Readonly<Record<string, number>> = { float32: 4, float16: 2, int32: 4, uint16: 2, uint8: 1, bool: 1 };

/** The parts of `model.json` that are read here. The rest is TensorFlow.js's business. */
interface GraphDocument {
  readonly format?: unknown;
  readonly modelTopology?: { readonly node?: readonly { readonly name?: unknown; readonly op?: unknown }[] };
  readonly signature?: object;
  readonly weightsManifest?: readonly {
    readonly paths: readonly string[];
    readonly weights: readonly io.WeightsManifestEntry[];
  }[];
}

/**
 * @returns what `loadGraphModel(io.fromMemory(…))` takes
 * @throws PipelineFailure `model-invalid` if the files are not the graph that the manifest tells of
 */
export function readGraph(
  { id, files: listed, outputs }: ModelManifest,
  files: ReadonlyMap<string, Uint8Array>,
): io.ModelArtifacts {
  const invalid = (problem: string) => new PipelineFailure({ code: 'model-invalid', modelId: id, problem });
  const bytes = (path: string) => {
    const found = files.get(path);
    if (!found) throw invalid(`${path} is not among its files`);
    return found;
  };
  const graphFile = listed[0]?.path ?? '';
  const document = parseDocument(bytes(graphFile));
  const groups = document?.weightsManifest;
  const nodes = document?.modelTopology?.node;
  if (document?.format !== 'graph-model' || !Array.isArray(nodes) || !Array.isArray(groups)) {
    throw invalid(`${graphFile} is not a TensorFlow.js GraphModel`);
  }
  const names = new Set(nodes.map(({ name }) => name));
  const missing = [outputs.probability, ...outputs.heads, ...outputs.attention].find((name) => !names.has(name));
  if (missing !== undefined) throw invalid(`outputs names ${missing}, which is no node of the graph`);
  const weightSpecs = groups.flatMap(({ weights }) => weights);
  const weightData = joined(groups.flatMap(({ paths }) => paths).map(bytes));
  const wanted = weightSpecs.reduce((sum, spec) => sum + weightBytes(spec), 0);
  if (weightData.byteLength !== wanted) {
    throw invalid(`its weights must have ${wanted} bytes. Received ${weightData.byteLength}`);
  }
  return {
    format: document.format,
    ...(document.signature && { signature: document.signature }),
    modelTopology: { node: nodes, library: {}, versions: {} },
    weightSpecs,
    weightData,
  };
}

function parseDocument(bytes: Uint8Array): GraphDocument | undefined {
  try {
    return JSON.parse(new TextDecoder().decode(bytes)) as GraphDocument;
  } catch {
    return undefined;
  }
}

/** Bytes of one entry on the wire: `quantization.dtype` where the file holds another type than the graph computes with. */
function weightBytes({ shape, dtype, quantization }: io.WeightsManifestEntry): number {
  return shape.reduce((count, edge) => count * edge, 1) * (bytesOf[quantization?.dtype ?? dtype] ?? NaN);
}

function joined(parts: readonly Uint8Array[]): ArrayBuffer {
  const whole = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole.buffer;
}
