/** One slice through one compiled graph, and every sign by which a wrong answer gives itself away. */
import * as tf from '@tensorflow/tfjs-core';
import type { GraphModel } from '@tensorflow/tfjs-converter';
import type { ModelManifest } from '../models/manifest';
import { EngineFault } from './engine';
import { meanOverFlips } from './flips';

/** Parity with PyTorch is held to this on every backend, so two backends of ours may not differ by more. */
const largestDifference = 1e-4;

/** No probability: where it is read, nothing was written. */
const sentinel = -1;

/**
 * Runs inside `engine.run`. Layout is NHWC: `[1, rows, cols, 1]` in and out.
 *
 * @param slice rows × cols values in [0, 1], row by row
 * @returns as many probabilities, each in [0, 1]
 * @throws EngineFault if what came back cannot be probabilities; Error if the graph is not one that gives a map of the slice
 */
export async function answer(model: GraphModel, manifest: ModelManifest, slice: Float32Array): Promise<Float32Array> {
  await assertReadsBack(shapeOf(manifest));
  return run(model, manifest, slice);
}

/**
 * As `answer`, run twice. A GPU that leaves out one of a hundred steps without complaint answers with what an earlier slice
 * left behind, and does not do so twice in the same place. Both are given to it before either is waited for; the canary goes
 * before the first, and the second is held against that.
 */
export async function answerTwice(model: GraphModel, manifest: ModelManifest, slice: Float32Array) {
  await assertReadsBack(shapeOf(manifest));
  const [first, second] = await Promise.all([run(model, manifest, slice), run(model, manifest, slice)]);
  assertSameAnswer(second, first, 'it answered one slice in two ways');
  return first;
}

type Shape = [count: 1, rows: number, cols: number, channels: 1];

const shapeOf = ({ preprocess: { inputSize } }: ModelManifest): Shape => [1, ...inputSize, 1];

/** The work is the backend's when this has returned; what is waited for is the read. */
async function run(model: GraphModel, manifest: ModelManifest, slice: Float32Array): Promise<Float32Array> {
  const { outputs, flips } = manifest;
  const shape = shapeOf(manifest);
  const ask = (picture: tf.Tensor4D) => {
    const out = model.execute(picture, outputs.probability);
    if (Array.isArray(out) || out.dtype !== 'float32')
      throw new Error(`${outputs.probability} is not one float tensor`);
    return out;
  };
  const probability = tf.tidy(() => meanOverFlips(ask, tf.tensor4d(slice, shape), flips));
  try {
    if (!tf.util.arraysEqual(probability.shape, shape)) {
      throw new Error(`${outputs.probability} has the shape [${probability.shape}], not [${shape}]`);
    }
    const values = await probability.data<'float32'>();
    if (values.length !== slice.length) throw new EngineFault('untrusted', 'a part of the answer is missing');
    for (const p of values) {
      // Also true of NaN.
      if (!(p >= 0 && p <= 1)) throw new EngineFault('untrusted', 'a probability outside 0 to 1');
    }
    return values;
  } finally {
    probability.dispose();
  }
}

/**
 * Writes no probabilities to the device and reads them back. That proves reading works now, and it leaves them in the
 * pooled buffers through which the answer will be read: if its copy fails, these come back, not an earlier slice's answer.
 */
async function assertReadsBack(shape: Shape) {
  const written = tf.fill(shape, sentinel);
  try {
    const read = await written.data();
    if (!read.every((value) => value === sentinel))
      throw new EngineFault('untrusted', 'it does not read back what was written');
  } finally {
    written.dispose();
  }
}

/** @throws EngineFault if the two differ somewhere by more than arithmetic in another order explains */
export function assertSameAnswer(found: Float32Array, known: Float32Array, reason: string) {
  // Also true of NaN.
  const differs = known.some((p, at) => !(Math.abs(p - (found[at] ?? NaN)) <= largestDifference));
  if (differs || found.length !== known.length) throw new EngineFault('untrusted', reason);
}

/**
 * @param found  of the check slice, rows × cols, row by row
 * @throws EngineFault if it is not what PyTorch answered when the model was exported, as far as its manifest tells
 */
export function assertPublishedAnswer(found: Float32Array, { check, preprocess: { inputSize } }: ModelManifest) {
  if (!check) return;
  const [rows, cols] = inputSize;
  const sums = new Float64Array(check.means.length);
  const across = cols / check.block;
  for (let i = 0; i < rows * cols; i++) {
    const block = Math.floor(Math.floor(i / cols) / check.block) * across + Math.floor((i % cols) / check.block);
    sums[block]! += found[i] ?? NaN;
  }
  const means = Float32Array.from(sums, (sum) => sum / check.block ** 2);
  assertSameAnswer(means, Float32Array.from(check.means), 'it does not give the answer that was published');
}
