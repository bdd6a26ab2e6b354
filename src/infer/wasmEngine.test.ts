import { fileURLToPath } from 'node:url';
import { afterEach, expect, test, vi } from 'vitest';
import { openWasm } from './wasmEngine';

const wasmFolder = fileURLToPath(new URL('../../node_modules/@tensorflow/tfjs-backend-wasm/dist/', import.meta.url));

afterEach(() => vi.restoreAllMocks());

test('wasm is started once, and once more after it trapped: nothing frees a second one', async () => {
  const started = vi.spyOn(WebAssembly, 'instantiate');
  const engine = await openWasm({ wasmFolder }, 'It was asked for.');
  await engine.run(() => Promise.resolve());
  expect(started).toHaveBeenCalledTimes(1);

  const trap = () => Promise.reject(new WebAssembly.RuntimeError('unreachable'));
  await expect(engine.run(trap)).rejects.toThrow('wasm stopped in the middle');
  await engine.run(() => Promise.resolve());
  expect(started).toHaveBeenCalledTimes(2);
});
