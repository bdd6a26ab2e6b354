/** The device is a stand-in that answers as WebGPU does; what real shaders compute is held by the browser tests. */
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Engine } from './engine';
import { GpuEngine } from './gpuEngine';

class GPUOutOfMemoryError {
  readonly message = 'Out of memory';
}

/** As WebGPU's own: scopes are a stack, and each pop answers for the innermost. */
class StandInDevice extends EventTarget {
  readonly #scopes: string[] = [];
  readonly features = new Set();
  readonly queue = {};
  readonly limits = { maxBufferSize: 1000, maxStorageBufferBindingSize: 500 };
  readonly made: object[] = [];
  createBuffer({ size, usage }: GPUBufferDescriptor) {
    const buffer = { size, usage, destroy: vi.fn() };
    this.made.push(buffer);
    return buffer;
  }
  destroy = vi.fn(() => this.lose('destroyed'));
  lose!: (message: string) => void;
  readonly lost = new Promise((resolve) => {
    this.lose = (message) => resolve({ message });
  });
  /** What the next pop of a scope tells. */
  readonly heard = new Map<string, object>();

  pushErrorScope(filter: string) {
    this.#scopes.push(filter);
  }

  popErrorScope() {
    const filter = this.#scopes.pop();
    if (filter === undefined) return Promise.reject(new DOMException('no scope', 'OperationError'));
    const error = this.heard.get(filter) ?? null;
    this.heard.delete(filter);
    return Promise.resolve(error);
  }
}

/** What is used of tfjs-backend-webgpu's own. */
interface Backend {
  readonly bufferManager: {
    acquireBuffer(size: number, usage: number): { readonly destroy: () => void };
    releaseBuffer(buffer: object): void;
  };
  runWebGPUProgram(program: { outputShape: number[] }, inputs: object, dtype: tf.DataType): tf.TensorInfo;
  makeTensorInfo(shape: number[], dtype: tf.DataType): tf.TensorInfo;
}

let devices: StandInDevice[];
const device = () => devices.at(-1)!;

const limits = { maxBufferSize: 7, maxStorageBufferBindingSize: 6 };
const requestDevice = vi.fn<(descriptor: { requiredLimits: object }) => Promise<StandInDevice>>(() => {
  devices.push(new StandInDevice());
  return Promise.resolve(device());
});
const adapter = { info: { vendor: 'amd', architecture: 'rdna-3' }, limits, requestDevice };
const requestAdapter = vi.fn((): Promise<object | null> => Promise.resolve(adapter));

let engine: Engine;
beforeEach(async () => {
  devices = [];
  vi.stubGlobal('navigator', { gpu: { requestAdapter } });
  vi.stubGlobal('GPUOutOfMemoryError', GPUOutOfMemoryError);
  vi.stubGlobal('WorkerGlobalScope', class {});
  vi.stubGlobal('window', {});
  vi.stubGlobal('GPUBufferUsage', { STORAGE: 128, COPY_DST: 8 });
  engine = await GpuEngine.open(adapter as unknown as GPUAdapter, {} as Engine, 'It was asked for.');
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.clearAllMocks();
});

const answer = () => Promise.resolve('answer');

test('the device gets all that the adapter can, and is TensorFlow.js’s backend', () => {
  expect(requestDevice.mock.lastCall?.[0].requiredLimits).toMatchObject(limits);
  expect(tf.getBackend()).toBe('webgpu');
  expect(engine.report).toEqual({ backend: 'webgpu', adapter: 'amd rdna-3', reason: 'It was asked for.' });
});

test('a run without a complaint gives its answer, on the same device each time', async () => {
  expect(await engine.run(answer)).toBe('answer');
  expect(await engine.run(answer)).toBe('answer');
  expect(devices).toHaveLength(1);
});

test.each([
  ['validation', { message: 'Buffer is invalid.\nlong story' }, 'untrusted', 'the GPU reported: Buffer is invalid.'],
  ['internal', { message: 'driver gave up' }, 'untrusted', 'the GPU reported: driver gave up'],
  ['out-of-memory', new GPUOutOfMemoryError(), 'out-of-memory', 'the GPU has no memory left'],
])('an answer given while a %s error was heard is thrown away', async (scope, error, kind, reason) => {
  device().heard.set(scope, error);
  await expect(engine.run(answer)).rejects.toMatchObject({ kind, reason });
});

test('an error that no scope caught counts too', async () => {
  const shout = () => {
    device().dispatchEvent(Object.assign(new Event('uncapturederror'), { error: { message: 'late' } }));
    return answer();
  };
  await expect(engine.run(shout)).rejects.toMatchObject({ reason: 'the GPU reported: late' });
});

test('after a fault the networks let go, and the next run has a fresh device', async () => {
  const [first] = devices;
  const release = vi.fn(() => expect(tf.findBackend('webgpu')).toMatchObject({ device: first }));
  engine.beforeRenewal(release);
  device().heard.set('validation', { message: 'invalid' });
  await expect(engine.run(answer)).rejects.toThrow();
  expect(release).not.toHaveBeenCalled();
  expect(await engine.run(answer)).toBe('answer');
  expect(release).toHaveBeenCalledTimes(1);
  expect(first?.destroy).toHaveBeenCalled();
  expect(tf.backend()).toMatchObject({ device: devices[1] });
  // The first device's end, on purpose, is no fault of the second.
  expect(await engine.run(answer)).toBe('answer');
  expect(devices).toHaveLength(2);
});

test('a device lost between two runs is replaced before the second', async () => {
  await engine.run(answer);
  device().lose('the driver was updated');
  await device().lost;
  expect(await engine.run(answer)).toBe('answer');
  expect(devices).toHaveLength(2);
});

test('a device lost during a run fails that run, whatever it gave', async () => {
  const loseAndAnswer = async () => {
    device().lose('');
    await device().lost;
    return 'answer';
  };
  await expect(engine.run(loseAndAnswer)).rejects.toMatchObject({ kind: 'untrusted', reason: 'the GPU was lost' });
});

test('WebGPU’s refusal is a fault; an error of ours is not, and costs no device', async () => {
  const abort = () => Promise.reject(new DOMException('', 'AbortError'));
  await expect(engine.run(abort)).rejects.toMatchObject({ kind: 'untrusted', reason: 'the GPU no longer answers' });
  await engine.run(answer);
  await expect(engine.run(() => Promise.reject(new TypeError('ours')))).rejects.toThrow(TypeError);
  await engine.run(answer);
  expect(devices).toHaveLength(2);
});

test('a GPU that does not come back is a fault, until it does', async () => {
  device().lose('');
  await device().lost;
  requestAdapter.mockResolvedValueOnce(null);
  await expect(engine.run(answer)).rejects.toMatchObject({ reason: 'the GPU did not come back' });
  expect(await engine.run(answer)).toBe('answer');
});

test('what was let go once is not let go again', async () => {
  const release = vi.fn();
  engine.beforeRenewal(release)();
  device().lose('');
  await device().lost;
  await engine.run(answer);
  expect(release).not.toHaveBeenCalled();
});

test.each([
  ['storage', 128, 501],
  ['copying', 8, 1001],
  ['a size that is none', 8, NaN],
])('a buffer for %s beyond the limit is refused before it is made', async (_, usage, size) => {
  const { bufferManager } = tf.backend() as unknown as Backend;
  const tooLarge = async () => bufferManager.acquireBuffer(size, usage);
  await expect(engine.run(tooLarge)).rejects.toMatchObject({ kind: 'out-of-memory' });
  expect(device().made).toEqual([]);
});

test('memory kept for the next slice is given back, what is in use stays', async () => {
  const { bufferManager } = tf.backend() as unknown as Backend;
  const [used, spare] = [bufferManager.acquireBuffer(100, 128), bufferManager.acquireBuffer(200, 128)];
  bufferManager.releaseBuffer(spare);
  await engine.releasePools();
  expect(spare.destroy).toHaveBeenCalledTimes(1);
  expect(used.destroy).not.toHaveBeenCalled();
  expect(bufferManager).toMatchObject({ numFreeBuffers: 0, numUsedBuffers: 1, numBytesAllocated: 100 });
  expect(bufferManager.acquireBuffer(200, 128)).not.toBe(spare);
});

test.each([
  ['3×3', 3],
  ['1×1', 1],
])('the sums of a %s convolution with few pixels are added in one order', async (_, side) => {
  const backend = tf.backend() as unknown as Backend & tf.KernelBackend;
  const programs: string[] = [];
  vi.spyOn(backend, 'runWebGPUProgram').mockImplementation(({ constructor, outputShape }, _inputs, dtype) => {
    programs.push(constructor.name);
    return backend.makeTensorInfo(outputShape, dtype);
  });
  await engine.run(async () =>
    tf.conv2d(tf.zeros<tf.Rank.R4>([1, 4, 4, 2048]), tf.zeros<tf.Rank.R4>([side, side, 2048, 64]), 1, 'same'),
  );
  expect(programs.join()).toMatch(/^(Conv2DMM|MatMulPacked)Program$/);
});

test('a GPU that is given up holds no memory', async () => {
  const gpu = engine as GpuEngine;
  await gpu.close();
  expect(device().destroy).toHaveBeenCalledTimes(1);
  expect(tf.findBackend('webgpu')).toBeNull();
});

test('a GPU that never answers is a fault, and holds nobody up', async () => {
  vi.useFakeTimers();
  try {
    const hanging = engine.run(() => new Promise(() => undefined));
    const heard = hanging.catch((thrown: unknown) => thrown);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(await heard).toMatchObject({ kind: 'untrusted', reason: 'the GPU does not answer' });
  } finally {
    vi.useRealTimers();
  }
  expect(await engine.run(answer)).toBe('answer');
  expect(devices).toHaveLength(2);
});

test('a GPU that does not even tell its errors is waited for 2 s more, not as long again', async () => {
  vi.useFakeTimers();
  try {
    device().popErrorScope = () => new Promise(() => undefined);
    const hanging = engine.run(() => new Promise(() => undefined));
    const heard = vi.fn();
    hanging.catch(heard);
    await vi.advanceTimersByTimeAsync(61_999);
    expect(heard).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(1);
    expect(heard).toHaveBeenCalledTimes(1);
  } finally {
    vi.useRealTimers();
  }
});

test.each([
  ['adapter', requestAdapter],
  ['device', requestDevice],
])('a new %s that never comes is a fault, and the next run asks anew', async (_, request) => {
  device().lose('');
  await device().lost;
  vi.useFakeTimers();
  try {
    request.mockReturnValueOnce(new Promise<never>(() => undefined));
    const heard = engine.run(answer).catch((thrown: unknown) => thrown);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(await heard).toMatchObject({ kind: 'untrusted' });
  } finally {
    vi.useRealTimers();
  }
  expect(await engine.run(answer)).toBe('answer');
});

test('a device that comes when nobody waits for it any more is ended', async () => {
  device().lose('');
  await device().lost;
  const late = new StandInDevice();
  let give: (device: StandInDevice) => void = () => undefined;
  vi.useFakeTimers();
  try {
    requestDevice.mockReturnValueOnce(new Promise((resolve) => (give = resolve)));
    const heard = engine.run(answer).catch((thrown: unknown) => thrown);
    await vi.advanceTimersByTimeAsync(60_000);
    await heard;
  } finally {
    vi.useRealTimers();
  }
  expect(await engine.run(answer)).toBe('answer');
  give(late);
  await vi.waitFor(() => expect(late.destroy).toHaveBeenCalledTimes(1));
  expect(tf.backend()).toMatchObject({ device: device() });
  expect(await engine.run(answer)).toBe('answer');
});
