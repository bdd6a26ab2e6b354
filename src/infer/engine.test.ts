import { expect, test, vi } from 'vitest';
import { PipelineFailure } from '../domain/errors';
import { EngineFault, trusted, type Engine } from './engine';

const retreat = vi.fn(() => false);
const engine = { report: { backend: 'webgpu' }, retreat } as unknown as Engine;

const failing = (...outcomes: unknown[]) => vi.fn<() => Promise<string>>(() => Promise.reject(outcomes.shift()));

test('one fault costs a second attempt, whose answer counts', async () => {
  const attempt = vi.fn<() => Promise<string>>();
  attempt.mockRejectedValueOnce(new EngineFault('untrusted', 'lost')).mockResolvedValueOnce('answer');
  expect(await trusted(engine, 'infer', attempt)).toBe('answer');
});

test('a second fault is final, with its reason', async () => {
  const attempt = failing(new EngineFault('untrusted', 'first'), new EngineFault('untrusted', 'second'), 'third');
  await expect(trusted(engine, 'infer', attempt)).rejects.toMatchObject({
    error: { code: 'inference-untrusted', backend: 'WebGPU', reason: 'second' },
  });
  expect(attempt).toHaveBeenCalledTimes(2);
});

test('memory that stays full is called that, with the stage', async () => {
  const full = () => new EngineFault('out-of-memory', 'full');
  await expect(trusted(engine, 'compile', failing(full(), full()))).rejects.toMatchObject({
    error: { code: 'out-of-memory', stage: 'compile' },
  });
});

test('after a second fault the backend that takes over has two attempts of its own', async () => {
  const fault = (reason: string) => new EngineFault('untrusted', reason);
  const attempt = failing(fault('first'), fault('second'), fault('third'), fault('fourth'));
  retreat.mockReturnValueOnce(true);
  await expect(trusted(engine, 'infer', attempt)).rejects.toMatchObject({ error: { reason: 'fourth' } });
  expect(retreat.mock.calls.slice(-2)).toEqual([[fault('second')], [fault('fourth')]]);
});

test('what is not the engine’s fault is not tried again', async () => {
  const attempt = failing(new PipelineFailure({ code: 'cancelled' }));
  await expect(trusted(engine, 'infer', attempt)).rejects.toMatchObject({ error: { code: 'cancelled' } });
  expect(attempt).toHaveBeenCalledTimes(1);
});
