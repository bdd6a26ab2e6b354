import { fileURLToPath } from 'node:url';
import { afterEach, expect, test, vi } from 'vitest';
import { openBackend } from './backend';
import { adapterName, isSoftware } from './gpuAdapter';

const host = {
  wasmFolder: fileURLToPath(new URL('../../node_modules/@tensorflow/tfjs-backend-wasm/dist/', import.meta.url)),
};

/** A machine whose WebGPU knows this adapter, or none. */
const stubGpu = (adapter: object | null) =>
  vi.stubGlobal('navigator', { gpu: { requestAdapter: () => Promise.resolve(adapter) } });

afterEach(() => vi.unstubAllGlobals());

test('without WebGPU, wasm is taken and the reason said', async () => {
  vi.stubGlobal('navigator', {});
  expect((await openBackend('auto', host)).report).toEqual({
    backend: 'wasm',
    adapter: '1 thread, SIMD',
    reason: 'No GPU that WebGPU can use: there is no WebGPU here.',
  });
});

test('where WebGPU finds no adapter, wasm is taken and the reason said', async () => {
  stubGpu(null);
  const { report } = await openBackend('auto', host);
  expect(report).toMatchObject({ backend: 'wasm', reason: 'No GPU that WebGPU can use: WebGPU finds no adapter.' });
});

test('a GPU whose driver never answers is passed over for wasm', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  vi.stubGlobal('navigator', { gpu: { requestAdapter: () => new Promise(() => undefined) } });
  const opened = openBackend('auto', host);
  await vi.advanceTimersByTimeAsync(10_000);
  vi.useRealTimers();
  const { report } = await opened;
  expect(report).toMatchObject({ backend: 'wasm', reason: 'No GPU that WebGPU can use: WebGPU finds no adapter.' });
});

test('a software adapter is passed over for wasm', async () => {
  stubGpu({ info: { vendor: 'google', architecture: 'swiftshader' } });
  const { report } = await openBackend('auto', host);
  expect(report).toMatchObject({
    backend: 'wasm',
    reason:
      'No GPU that WebGPU can use: this browser offers only a software adapter (google swiftshader), which is 100 times slower than wasm.',
  });
});

test('a GPU that gives no device is passed over for wasm, but not when WebGPU was asked for', async () => {
  const requestDevice = () => Promise.reject(new DOMException('out of devices', 'OperationError'));
  stubGpu({ info: { vendor: 'amd', architecture: 'rdna-3' }, limits: {}, requestDevice });
  const reason = 'The GPU could not be opened (out of devices).';
  const { report } = await openBackend('auto', host);
  expect(report).toMatchObject({ backend: 'wasm', reason: `No GPU that WebGPU can use: ${reason}` });
  await expect(openBackend('webgpu', host)).rejects.toMatchObject({
    error: { code: 'backend-unavailable', backend: 'WebGPU', reason },
  });
});

test('asked for WebGPU where there is none, it says so instead of taking wasm', async () => {
  stubGpu(null);
  await expect(openBackend('webgpu', host)).rejects.toMatchObject({
    error: { code: 'backend-unavailable', backend: 'WebGPU' },
  });
});

test('wasm can be asked for', async () => {
  stubGpu({ info: { vendor: 'nvidia' } });
  const { report } = await openBackend('wasm', host);
  expect(report).toMatchObject({ backend: 'wasm', reason: 'It was asked for.' });
});

test.each([
  [{ info: { vendor: 'google', architecture: 'swiftshader' } }, true],
  [{ info: { vendor: 'mesa', description: 'llvmpipe (LLVM 19.1.7, 256 bits)' } }, true],
  [{ info: { vendor: 'microsoft', architecture: 'warp' } }, true],
  [{ info: { vendor: 'microsoft', description: 'Microsoft Basic Render Driver' } }, true],
  [{ info: { vendor: 'intel', architecture: 'gen-12lp', isFallbackAdapter: true } }, true],
  [{ isFallbackAdapter: true }, true],
  [{ info: { vendor: 'nvidia', architecture: 'ampere', isFallbackAdapter: false } }, false],
  [{ info: { vendor: 'apple', architecture: 'metal-3' } }, false],
  [{}, false],
])('%j is software: %s', (adapter, expected) => {
  expect(isSoftware(adapter)).toBe(expected);
});

test('an adapter is called what the browser lets one know', () => {
  expect(adapterName({ info: { description: 'NVIDIA GeForce RTX 3060', vendor: 'nvidia' } })).toBe(
    'NVIDIA GeForce RTX 3060',
  );
  expect(adapterName({ info: { vendor: 'intel', architecture: 'gen-12lp', description: '' } })).toBe('intel gen-12lp');
  expect(adapterName({})).toBe('unnamed GPU');
});
