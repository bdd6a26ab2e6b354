import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { PipelineFailure } from '../domain/errors';
import type { ModelManifest } from '../models/manifest';
import { openBackend, type Engine } from './backend';
import { drawCheckSlice } from './checkSlice';
import {
  largestDifference,
  noCheckpoint,
  rounding,
  tinyFiles,
  tinyFlips,
  tinyManifest,
  tinyProbabilities,
  tinySlices,
  wasmFolder,
} from './fixtures/tinyNetwork';
import { infer } from './infer';
import { loadNetwork, type Network } from './network';

let engine: Engine;
let network: Network;
beforeAll(async () => {
  engine = await openBackend('wasm', { wasmFolder });
});
beforeEach(async () => {
  network = await loadNetwork(engine, tinyManifest, tinyFiles);
});
afterEach(() => {
  vi.restoreAllMocks();
  network.dispose();
});

const loadWith = (change: Partial<ModelManifest>, files: ReadonlyMap<string, Uint8Array> = tinyFiles) =>
  loadNetwork(engine, { ...tinyManifest, ...change }, files);

const outputOf = (probability: string) => ({ outputs: { probability, heads: [], attention: [] } });

/** The fixture's files with one of them changed. */
function filesWith(path: string, change: (bytes: Uint8Array) => Uint8Array): ReadonlyMap<string, Uint8Array> {
  return new Map([...tinyFiles].map(([name, bytes]) => [name, name === path ? change(bytes.slice()) : bytes]));
}

const graphWith = (change: (text: string) => string) =>
  filesWith('model.json', (bytes) => new TextEncoder().encode(change(new TextDecoder().decode(bytes))));

test('every operation of the exporter gives PyTorch’s probabilities', async () => {
  const { shape, values } = await infer(network, tinySlices, noCheckpoint);
  expect(shape).toEqual([3, 32, 32]);
  expect(largestDifference(values, tinyProbabilities)).toBeLessThan(rounding);
});

test.each(tinyFlips)('of the flips $flips it gives PyTorch’s mean, and leaves no tensor', async (wanted) => {
  const flipping = await loadWith({ flips: wanted.flips });
  const before = tf.memory().numTensors;
  const { values } = await infer(flipping, tinySlices, noCheckpoint);
  expect(largestDifference(values, wanted.probabilities)).toBeLessThan(rounding);
  expect(largestDifference(values, tinyProbabilities)).toBeGreaterThan(100 * rounding);
  expect(tf.memory().numTensors).toBe(before);
  flipping.dispose();
});

test('each slice is reported, before the first and after each', async () => {
  const heard: unknown[] = [];
  await infer(network, tinySlices, (...progress) => Promise.resolve(void heard.push(progress)));
  expect(heard).toEqual([0, 1, 2, 3].map((done) => ['infer', done, 3]));
});

test('a cancel between slices stops there', async () => {
  const cancelAfterTwo = (_: string, done: number) =>
    done === 2 ? Promise.reject(new PipelineFailure({ code: 'cancelled' })) : Promise.resolve();
  const probabilities = vi.spyOn(network, 'probabilities');
  await expect(infer(network, tinySlices, cancelAfterTwo)).rejects.toMatchObject({ error: { code: 'cancelled' } });
  expect(probabilities).toHaveBeenCalledTimes(2);
});

test('no tensor is left behind: not by a slice, not by a failed load, not by a disposed network', async () => {
  const before = tf.memory().numTensors;
  await infer(network, tinySlices, noCheckpoint);
  expect(tf.memory().numTensors).toBe(before);
  await expect(loadWith(outputOf('logits'))).rejects.toThrow(PipelineFailure);
  await infer(network, tinySlices, noCheckpoint);
  expect(tf.memory().numTensors).toBe(before);
  network.dispose();
  expect(tf.memory().numTensors).toBe(0);
});

test('two networks loaded and run at once keep their answers apart', async () => {
  const [other, first] = await Promise.all([loadWith({}), infer(network, tinySlices, noCheckpoint)]);
  const [again, second] = await Promise.all([
    infer(network, tinySlices, noCheckpoint),
    infer(other, tinySlices, noCheckpoint),
  ]);
  other.dispose();
  for (const { values } of [first, again, second]) expect(values).toEqual(first.values);
});

test('when wasm traps, the next slice gets a fresh one, and the same answer', async () => {
  const before = tf.memory().numTensors;
  const trap = () => Promise.reject(new WebAssembly.RuntimeError('unreachable'));
  await expect(engine.run(trap)).rejects.toThrow('wasm stopped in the middle');
  const trapped = tf.backend();
  const { values } = await infer(network, tinySlices, noCheckpoint);
  expect(tf.backend()).not.toBe(trapped);
  expect(largestDifference(values, tinyProbabilities)).toBeLessThan(rounding);
  expect(tf.memory().numTensors).toBe(before);
});

test('twenty traps in twenty slices change no answer and leave nothing behind', async () => {
  const before = tf.memory().numTensors;
  const trapped = async (_: string, done: number) => {
    if (done === twenty.shape[0]) return;
    await expect(engine.run(() => Promise.reject(new WebAssembly.RuntimeError('unreachable')))).rejects.toThrow();
  };
  const twenty = { shape: [20, 32, 32, 1], values: new Float32Array(20 * 1024) } as const;
  twenty.values.forEach((_, at) => (twenty.values[at] = tinySlices.values[at % tinySlices.values.length]!));
  const undisturbed = await infer(network, twenty, noCheckpoint);
  expect((await infer(network, twenty, trapped)).values).toEqual(undisturbed.values);
  expect(tf.memory().numTensors).toBe(before);
});

test('a read that gives what another slice had is noticed, and the slice run again', async () => {
  const { values: stale } = await infer(network, tinySlices, noCheckpoint);
  const read = vi.spyOn(tf.backend(), 'read').mockResolvedValue(stale.slice(0, 1024));
  const { values } = await infer(network, tinySlices, noCheckpoint);
  expect(read).toHaveBeenCalledTimes(1);
  expect(largestDifference(values, tinyProbabilities)).toBeLessThan(rounding);
});

test('an answer that was never written is noticed, and the slice run again', async () => {
  const nothingWritten = new Float32Array(1024).fill(-1);
  const read = vi.spyOn(tf.backend(), 'read').mockResolvedValue(nothingWritten);
  const { values } = await infer(network, tinySlices, noCheckpoint);
  expect(read).toHaveBeenCalledTimes(2);
  expect(largestDifference(values, tinyProbabilities)).toBeLessThan(rounding);
});

test('a device that answers wrongly twice gives no answer at all', async () => {
  const { prototype } = tf.backend().constructor as { prototype: tf.KernelBackend };
  vi.spyOn(prototype, 'read').mockResolvedValue(new Float32Array(1024).fill(0.5));
  await expect(infer(network, tinySlices, noCheckpoint)).rejects.toMatchObject({
    error: { code: 'inference-untrusted', backend: 'wasm', reason: 'it does not read back what was written' },
  });
  vi.restoreAllMocks();
  const { values } = await infer(network, tinySlices, noCheckpoint);
  expect(largestDifference(values, tinyProbabilities)).toBeLessThan(rounding);
});

test('a fresh device that answers the check slice otherwise meets no patient’s slice', async () => {
  await expect(engine.run(() => Promise.reject(new WebAssembly.RuntimeError('unreachable')))).rejects.toThrow();
  const { prototype } = tf.backend().constructor as { prototype: tf.KernelBackend };
  const read = prototype.read;
  const slightlyWrong = vi.spyOn(prototype, 'read').mockImplementation(async function (this: tf.KernelBackend, id) {
    const values = (await read.call(this, id)) as Float32Array;
    return values[0] === -1 ? values : values.map((p) => p * 0.999);
  });
  await expect(infer(network, tinySlices, noCheckpoint)).rejects.toMatchObject({
    error: { code: 'inference-untrusted', reason: 'its check slice did not get the known answer' },
  });
  // On each of two devices: the sentinel and the check slice; never a patient's slice.
  expect(slightlyWrong).toHaveBeenCalledTimes(4);
});

/** Means of the blocks of 16 × 16 that the tiny network answers to the check slice. */
async function publishedMeans(): Promise<number[]> {
  const check = { shape: [1, 32, 32, 1], values: drawCheckSlice(32, 32) } as const;
  const { values } = await infer(network, check, noCheckpoint);
  return [0, 16, 512, 528].map((corner) => {
    let sum = 0;
    for (let i = 0; i < 256; i++) sum += values[corner + 32 * Math.floor(i / 16) + (i % 16)]!;
    return sum / 256;
  });
}

test('a network that answers the check slice as published is taken', async () => {
  const means = await publishedMeans();
  expect(new Set(means.map((mean) => mean.toFixed(4))).size).toBe(4);
  (await loadWith({ check: { block: 16, means } })).dispose();
});

test.each([0, 1, 2, 3])('a network that answers otherwise than published in block %i is refused', async (block) => {
  const means = (await publishedMeans()).with(block, 0.25);
  await expect(loadWith({ check: { block: 16, means } })).rejects.toMatchObject({
    error: { code: 'inference-untrusted', reason: 'it does not give the answer that was published' },
  });
});

test('what was published of the slice alone is not the answer of flips', async () => {
  const check = { block: 16, means: await publishedMeans() };
  await expect(loadWith({ check, flips: ['left-right'] })).rejects.toMatchObject({
    error: { code: 'inference-untrusted', reason: 'it does not give the answer that was published' },
  });
});

test('where memory cannot grow there is no answer, not one at the address zero', async () => {
  const { wasm } = tf.backend() as unknown as { wasm: { _malloc(bytes: number): number } };
  expect(() => wasm._malloc(2 ** 32 - 1)).toThrow('no memory left');
});

test('values that are no probabilities are refused', async () => {
  const untrusted = { error: { code: 'inference-untrusted', reason: 'a probability outside 0 to 1' } };
  await expect(loadWith(outputOf('logits'))).rejects.toMatchObject(untrusted);
  // NaN in float16, in the last weight: the bias of the logits.
  const nan = filesWith('weights.bin', (bytes) => (bytes.set([0x00, 0x7e], bytes.length - 2), bytes));
  await expect(loadWith({}, nan)).rejects.toMatchObject(untrusted);
});

test.each([
  ['no JSON', {}, graphWith(() => '<html>'), 'model.json is not a TensorFlow.js GraphModel'],
  ['a layers model', {}, graphWith((text) => text.replace('graph-model', 'layers-model')), 'model.json is not a Ten'],
  ['an unknown operation', {}, graphWith((text) => text.replace('"AddV2"', '"Nonsense"')), 'TensorFlow.js cannot run'],
  ['cut weights', {}, filesWith('weights.bin', (bytes) => bytes.slice(0, -2)), 'its weights must have 1586 bytes'],
  ['no weights', {}, new Map([...tinyFiles].slice(0, 1)), 'weights.bin is not among its files'],
  ['a head that is no node', outputOf('head_0_9'), tinyFiles, 'outputs names head_0_9, which is no node of the graph'],
  ['a map of features', outputOf('x0_1'), tinyFiles, 'x0_1 has the shape [1,32,32,4], not [1,32,32,1]'],
])('a model with %s is refused in words', async (_, change, files, problem) => {
  await expect(loadWith(change, files)).rejects.toMatchObject({
    error: { code: 'model-invalid', modelId: 'tiny', problem: expect.stringContaining(problem) as string },
  });
});
