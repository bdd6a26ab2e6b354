import { expect, test, vi } from 'vitest';
import { EngineFault, trusted, type Engine } from './engine';
import { RelayEngine } from './relayEngine';

/** An engine that runs what it is given, or fails as the test says. */
function standIn(backend: 'webgpu' | 'wasm', adapter: string, reference?: Engine) {
  const renewals: (() => void)[] = [];
  const run = vi.fn(<T>(work: () => Promise<T>) => work());
  const engine: Engine = {
    report: { backend, adapter, reason: 'first choice' },
    reference,
    run: run as Engine['run'],
    beforeRenewal(release) {
      renewals.push(release);
      return () => undefined;
    },
    retreat: () => false,
    releasePools: vi.fn(() => Promise.resolve()),
  };
  const close = vi.fn(() => Promise.resolve());
  return { engine: { ...engine, close }, close, run, renew: () => renewals.forEach((release) => release()) };
}

function relay() {
  const wasm = standIn('wasm', '2 threads');
  const gpu = standIn('webgpu', 'amd rdna-3', wasm.engine);
  return { wasm, gpu, engine: new RelayEngine(gpu.engine, wasm.engine) };
}

const fault = (reason: string) => new EngineFault('untrusted', reason);
const answer = () => Promise.resolve('answer');

test('as long as the GPU answers, it is the engine', async () => {
  const { engine, gpu, wasm } = relay();
  expect(await trusted(engine, 'infer', () => engine.run(answer))).toBe('answer');
  expect(gpu.run).toHaveBeenCalledTimes(1);
  expect(wasm.run).not.toHaveBeenCalled();
  expect(engine.report).toEqual(gpu.engine.report);
  expect(engine.reference).toBe(wasm.engine);
});

test('one fault is the GPU’s to make good', async () => {
  const { engine, gpu, wasm } = relay();
  gpu.run.mockRejectedValueOnce(fault('lost'));
  expect(await trusted(engine, 'infer', () => engine.run(answer))).toBe('answer');
  expect(wasm.run).not.toHaveBeenCalled();
  expect(engine.report.failed).toBeUndefined();
});

test('after two faults in a row wasm answers, for good, and the report says why', async () => {
  const { engine, gpu, wasm } = relay();
  const release = vi.fn();
  engine.beforeRenewal(release);
  gpu.run.mockRejectedValueOnce(fault('lost')).mockRejectedValueOnce(fault('it answered one slice in two ways'));
  expect(await trusted(engine, 'infer', () => engine.run(answer))).toBe('answer');
  expect(release).toHaveBeenCalledTimes(1);
  expect(gpu.close).toHaveBeenCalledTimes(1);
  expect(await trusted(engine, 'infer', () => engine.run(answer))).toBe('answer');
  expect([gpu.run.mock.calls.length, wasm.run.mock.calls.length]).toEqual([2, 2]);
  expect(engine.report).toEqual({
    backend: 'wasm',
    adapter: '2 threads',
    reason: 'WebGPU on amd rdna-3 failed its check (it answered one slice in two ways), so wasm took over.',
    failed: { backend: 'WebGPU on amd rdna-3', reason: 'it answered one slice in two ways' },
  });
  expect(engine.reference).toBeUndefined();
});

test('if wasm fails too there is no answer', async () => {
  const { engine, gpu, wasm } = relay();
  gpu.run.mockRejectedValue(fault('lost'));
  wasm.run.mockRejectedValue(fault('wasm stopped in the middle'));
  await expect(trusted(engine, 'infer', () => engine.run(answer))).rejects.toMatchObject({
    error: { code: 'inference-untrusted', backend: 'wasm', reason: 'wasm stopped in the middle' },
  });
});

test('whichever of the two gets a fresh device, what lies on the old one is let go, until that is taken back', () => {
  const { engine, gpu, wasm } = relay();
  const release = vi.fn();
  const stop = engine.beforeRenewal(release);
  gpu.renew();
  wasm.renew();
  expect(release).toHaveBeenCalledTimes(2);
  stop();
  wasm.renew();
  expect(release).toHaveBeenCalledTimes(2);
});
