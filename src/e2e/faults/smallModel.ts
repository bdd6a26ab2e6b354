/** The shipped Attention U-Net on smaller pictures: the same graph and weights, for slow adapters. */
import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { openBackend } from '../../infer/backend';
import { drawCheckSlice } from '../../infer/checkSlice';
import { loadNetwork } from '../../infer/network';
import { parseManifest } from '../../models/manifest';

const root = path.resolve(import.meta.dirname, '../../..');

/** A model's files by their names, as the page fetches them. */
export type ServedModel = ReadonlyMap<string, Buffer>;

export const shippedFolder = (modelId: string) => path.join(root, 'public/models', modelId);

export async function shippedModel(modelId: string): Promise<ServedModel> {
  const names = ['manifest.json', 'model.json', 'weights.bin'];
  return new Map(
    await Promise.all(
      names.map(async (name) => [name, await readFile(path.join(shippedFolder(modelId), name))] as const),
    ),
  );
}

const manifestSha256 = (model: ServedModel) => createHash('sha256').update(model.get('manifest.json')!).digest('hex');

/**
 * The worker's program, as if it had been built with this model in the place of the shipped one of the same name.
 *
 * @throws Error if it was built with neither
 */
export async function programWith(program: Buffer, modelId: string, model: ServedModel): Promise<Buffer> {
  const text = program.toString();
  const changed = text.replaceAll(manifestSha256(await shippedModel(modelId)), manifestSha256(model));
  if (!changed.includes(manifestSha256(model))) throw new Error(`The build lists another ${modelId}: build first`);
  return Buffer.from(changed);
}

interface Graph {
  readonly modelTopology: {
    readonly node: readonly {
      readonly op: string;
      readonly attr: { shape?: { shape: { dim: { size: string }[] } } };
    }[];
  };
  readonly weightsManifest: readonly {
    readonly weights: readonly {
      readonly name: string;
      readonly shape: readonly number[];
      readonly dtype: string;
      readonly quantization?: { readonly dtype: string };
    }[];
  }[];
}

interface Manifest {
  check?: unknown;
  threshold: { value: number };
  minLesionPx: number;
  preprocess: { inputSize: readonly number[]; grid: { overlapPx: number } };
  files: { path: string; bytes: number; sha256: string }[];
}

const bytesOf: Readonly<Record<string, number>> = { float32: 4, float16: 2, int32: 4 };

/** Every edge of the graph's pictures divided by `by`. What it answers to the check slice is found here, by wasm in Node. */
export async function shrunken(model: ServedModel, by: number): Promise<ServedModel> {
  const graph = graphOf(model);
  for (const { op, attr } of graph.modelTopology.node) {
    if (op !== 'Placeholder' || !attr.shape) continue;
    const { dim } = attr.shape.shape;
    attr.shape.shape.dim = dim.map(({ size }, axis) => ({
      size: axis === 1 || axis === 2 ? `${Number(size) / by}` : size,
    }));
  }
  const weights = changedWeights(
    model,
    (view, at, name) => name.startsWith('size_') && view.setInt32(at, view.getInt32(at, true) / by, true),
    'int32',
  );
  const small = published(model, { graph: Buffer.from(JSON.stringify(graph)), weights }, (manifest) => {
    delete manifest.check;
    manifest.preprocess.inputSize = manifest.preprocess.inputSize.map((edge) => edge / by);
    manifest.preprocess.grid.overlapPx /= by;
    // Some of the mask must be set, for a wrong one to show.
    manifest.threshold.value = 0.5;
    manifest.minLesionPx = 0;
  });
  const check = await checkOf(small);
  return published(small, {}, (manifest) => {
    manifest.check = check;
  });
}

/** As `metsight.check_slice` writes it, in blocks of 8. */
async function checkOf(model: ServedModel) {
  const wasmFolder = `${path.join(root, 'node_modules/@tensorflow/tfjs-backend-wasm/dist')}${path.sep}`;
  const bytes = model.get('manifest.json')!;
  const { id } = JSON.parse(bytes.toString()) as { id: string };
  const manifest = parseManifest(bytes, id);
  const network = await loadNetwork(await openBackend('wasm', { wasmFolder }), manifest, model);
  const [rows, cols] = manifest.preprocess.inputSize;
  const { probabilities } = await network.probabilities(drawCheckSlice(rows, cols));
  network.dispose();
  const block = 8;
  const means = Array.from({ length: (rows * cols) / block ** 2 }, (_, n) => {
    const corner = Math.floor(n / (cols / block)) * block * cols + (n % (cols / block)) * block;
    let sum = 0;
    for (let at = 0; at < block ** 2; at++)
      sum += probabilities[corner + Math.floor(at / block) * cols + (at % block)]!;
    return Number((sum / block ** 2).toFixed(6));
  });
  return { block, means };
}

const graphOf = (model: ServedModel) => JSON.parse(model.get('model.json')!.toString()) as Graph;

/** `change` is called with each number that the file holds as this type, by its place in bytes and its tensor's name. */
export function changedWeights(
  model: ServedModel,
  change: (view: DataView, at: number, name: string) => void,
  type: 'float16' | 'float32' | 'int32',
): Buffer {
  const weights = Buffer.from(model.get('weights.bin')!);
  const view = new DataView(weights.buffer, weights.byteOffset, weights.byteLength);
  let at = 0;
  for (const { name, shape, dtype, quantization } of graphOf(model).weightsManifest.flatMap((group) => group.weights)) {
    const stored = quantization?.dtype ?? dtype;
    const count = shape.reduce((product, edge) => product * edge, 1);
    for (let n = 0; n < count && stored === type; n++) change(view, at + n * bytesOf[stored]!, name);
    at += count * bytesOf[stored]!;
  }
  return weights;
}

/** The model with other bytes, as if it had been published so: size and sha256 in its manifest are those of the bytes. */
export function published(
  model: ServedModel,
  { graph = model.get('model.json')!, weights = model.get('weights.bin')! }: { graph?: Buffer; weights?: Buffer },
  change: (manifest: Manifest) => void = () => undefined,
): ServedModel {
  const manifest = JSON.parse(model.get('manifest.json')!.toString()) as Manifest;
  change(manifest);
  const served = new Map([
    ['model.json', graph],
    ['weights.bin', weights],
  ]);
  for (const file of manifest.files) {
    const bytes = served.get(file.path)!;
    Object.assign(file, { bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') });
  }
  return served.set('manifest.json', Buffer.from(JSON.stringify(manifest)));
}
