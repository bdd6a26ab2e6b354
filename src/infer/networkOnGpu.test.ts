import { GraphModel } from '@tensorflow/tfjs-converter';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { openBackend, type Engine } from './backend';
import { EngineFault } from './engine';
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
import { RelayEngine } from './relayEngine';

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

/** The network on what stands for a GPU: an engine that another one vouches for. */
const loadOnGpu = () => loadNetwork({ ...engine, reference: engine }, tinyManifest, tinyFiles);

test.each([
  ['first', 2],
  ['second', 3],
])('a slice whose %s answer of two is wrong in one place is run again', async (_, at) => {
  const gpu = await loadOnGpu();
  const { read } = tf.backend();
  let reads = 0;
  const once = vi.spyOn(tf.backend(), 'read').mockImplementation(async function (this: tf.KernelBackend, id) {
    const values = (await read.call(this, id)) as Float32Array;
    return ++reads === at ? values.with(500, 0.5) : values;
  });
  const { values } = await infer(gpu, tinySlices, noCheckpoint);
  // The canary, and both answers; what comes after that is read by a fresh device.
  expect(once).toHaveBeenCalledTimes(3);
  expect(largestDifference(values, tinyProbabilities)).toBeLessThan(rounding);
  gpu.dispose();
});

test('a mean over mirror images is read once, and is two whole means where a GPU is asked', async () => {
  const [{ flips, probabilities }] = tinyFlips;
  const gpu = await loadNetwork({ ...engine, reference: engine }, { ...tinyManifest, flips }, tinyFiles);
  const read = vi.spyOn(tf.backend(), 'read');
  const execute = vi.spyOn(GraphModel.prototype, 'execute');
  const { probabilities: found } = await gpu.probabilities(tinySlices.values.slice(0, 1024), false);
  // The canary and two means, of two answers each: no answer goes by a buffer that the canary has not been in.
  expect([read.mock.calls.length, execute.mock.calls.length]).toEqual([3, 4]);
  expect(largestDifference(found, probabilities.subarray(0, 1024))).toBeLessThan(rounding);
  gpu.dispose();
});

/** What is read is somewhat too low where the test says so, each time alike; a canary comes back as it is. */
function lowReads() {
  const { prototype } = tf.backend().constructor as { prototype: tf.KernelBackend };
  const { read } = prototype;
  const low = { isNext: () => false };
  vi.spyOn(prototype, 'read').mockImplementation(async function (this: tf.KernelBackend, id) {
    const values = (await read.call(this, id)) as Float32Array;
    return values[0] === -1 || !low.isNext() ? values : values.map((p) => p * 0.999);
  });
  return low;
}

test('a GPU that answers the check slice otherwise after the last slice is replaced, and asked all of them again', async () => {
  const gpu = await loadOnGpu();
  const low = lowReads();
  const device = tf.backend();
  const asked = vi.spyOn(gpu, 'probabilities');
  let reads = 0;
  // Three slices twice each, then the check slice.
  low.isNext = () => ++reads === 7;
  const { values } = await infer(gpu, tinySlices, noCheckpoint);
  expect(largestDifference(values, tinyProbabilities)).toBeLessThan(rounding);
  expect(asked).toHaveBeenCalledTimes(3 + 2);
  expect(tf.backend()).not.toBe(device);
  gpu.dispose();
});

test('a GPU that does so twice has no answer; what stands for itself is not asked', async () => {
  const gpu = await loadOnGpu();
  const low = lowReads();
  const one = { shape: [1, 32, 32, 1], values: tinySlices.values.subarray(0, 1024) } as const;
  let reads = 0;
  // A slice twice, and the check slice; the fresh device is proven first, and then does the same.
  low.isNext = () => [3, 7].includes(++reads);
  await expect(infer(gpu, one, noCheckpoint)).rejects.toMatchObject({
    error: { code: 'inference-untrusted', reason: 'its check slice no longer got the known answer' },
  });
  gpu.dispose();
  low.isNext = () => (reads++, false);
  await infer(network, one, noCheckpoint);
  reads = 0;
  expect((await network.probabilities(one.values)).isConfirmed).toBe(true);
  expect(reads).toBe(1);
});

/** What stands for a GPU, with wasm to take over; `faults.left` times it is lost when it is to run something. */
async function loadOnRelay() {
  const faults = { left: 0 };
  const onGpu = { now: false };
  const gpu = {
    ...engine,
    report: { backend: 'webgpu', adapter: 'stand-in', reason: '' },
    reference: engine,
    // It is wasm's own renewal; the relay listens to that already.
    beforeRenewal: () => () => undefined,
    close: () => Promise.resolve(),
    run: <T>(work: () => Promise<T>) =>
      engine.run(async () => {
        if (faults.left-- > 0) throw new EngineFault('untrusted', 'the GPU was lost');
        onGpu.now = true;
        return work().finally(() => (onGpu.now = false));
      }),
  } as const;
  const relay = new RelayEngine(gpu, engine);
  const relayed = await loadNetwork(relay, tinyManifest, tinyFiles);
  const bad = { now: false };
  lowReads().isNext = () => bad.now && onGpu.now;
  return { relay, relayed, faults, bad };
}

test.each([
  ['is lost, and fails its check: wasm answers all that it did', true, 'wasm'],
  ['is lost, and comes back sound: it answers again what it did', false, 'webgpu'],
] as const)('a GPU that goes bad, alike each time, %s', async (_, staysBad, backend) => {
  const { relay, relayed, faults, bad } = await loadOnRelay();
  const asked = vi.spyOn(relayed, 'probabilities');
  const { values } = await infer(relayed, tinySlices, async (_stage, done) => {
    const times = asked.mock.calls.length;
    if (done === 1 && times === 1) bad.now = true;
    if (done === 2 && times === 2) [faults.left, bad.now] = [1, staysBad];
  });
  expect(largestDifference(values, tinyProbabilities)).toBeLessThan(rounding);
  expect(asked).toHaveBeenCalledTimes(3 + 2);
  expect(relay.report.backend).toBe(backend);
  relayed.dispose();
});
