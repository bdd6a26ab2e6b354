import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { PipelineFailure, toPipelineError } from '../domain/errors';
import { WorkerClient } from './client';
import type { Scan } from '../domain/scan';
import type { Request } from './protocol';

/** Stands in for a Worker; what crosses is cloned as the browser would clone it. */
class FakeWorker {
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onerror: (() => void) | null = null;
  onmessageerror: (() => void) | null = null;
  readonly sent: Request[] = [];
  terminated = false;

  postMessage(message: Request) {
    this.sent.push(structuredClone(message));
  }

  terminate() {
    this.terminated = true;
  }

  reply(data: unknown) {
    this.onmessage?.({ data: structuredClone(data) });
  }
}

function connect() {
  const workers: FakeWorker[] = [];
  const client = new WorkerClient(() => {
    const worker = new FakeWorker();
    workers.push(worker);
    return worker as unknown as Worker;
  });
  return { workers, client };
}

const file = { path: 'a.png', blob: new Blob(['a slice']) };
const scan: Scan = { id: 'a', kind: 'picture', name: 'a.png', stem: 'a', files: [file], warnings: [] };
const input = { scan };

/** Its rejection is expected later; until then it must not count as unhandled. */
function watched<T>(job: Promise<T>): Promise<T> {
  job.catch(() => undefined);
  return job;
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('a failure keeps its code and its facts', async () => {
  const { workers, client } = connect();
  const job = client.run('decode', input);
  const thrown = new PipelineFailure({ code: 'image-too-small', width: 1, height: 1, minimum: 16 });

  workers[0]?.reply({ kind: 'failed', jobId: 1, error: toPipelineError(thrown) });

  await expect(job).rejects.toMatchObject({ error: { code: 'image-too-small', width: 1, height: 1, minimum: 16 } });
});

test('an answer reaches the job that asked, in whatever order they come', async () => {
  const { workers, client } = connect();
  const first = client.run('encodeMask', { mask: {} as never, slice: 0, about: {} as never });
  const second = client.run('encodeMask', { mask: {} as never, slice: 1, about: {} as never });

  workers[0]?.reply({ kind: 'done', jobId: 2, name: 'encodeMask', output: { png: new Uint8Array([2]) } });
  workers[0]?.reply({ kind: 'done', jobId: 1, name: 'encodeMask', output: { png: new Uint8Array([1]) } });

  expect(await Promise.all([first, second])).toEqual([{ png: new Uint8Array([1]) }, { png: new Uint8Array([2]) }]);
});

test('a worker that dies rejects every job it had, and the next job gets a new worker', async () => {
  const { workers, client } = connect();
  const jobs = [watched(client.run('decode', input)), watched(client.run('decode', input))];

  workers[0]?.onerror?.();
  void client.run('decode', input);

  for (const job of jobs) await expect(job).rejects.toMatchObject({ error: { code: 'worker-lost' } });
  expect(workers.map(({ terminated, sent }) => [terminated, sent.length])).toEqual([
    [true, 2],
    [false, 1],
  ]);
});

test('an answer that cannot be read counts as a lost worker', async () => {
  const { workers, client } = connect();
  const job = client.run('decode', input);

  workers[0]?.onmessageerror?.();

  await expect(job).rejects.toMatchObject({ error: { code: 'worker-lost' } });
});

test('an error of a worker that was ended is nothing to the next one', async () => {
  const { workers, client } = connect();
  watched(client.run('decode', input));
  client.terminate();
  const job = client.run('stored', {});

  workers[0]?.onerror?.();
  workers[0]?.onmessageerror?.();

  workers[1]?.reply({ kind: 'done', jobId: 2, name: 'stored', output: { bytes: 0, modelIds: [] } });
  expect(await job).toEqual({ bytes: 0, modelIds: [] });
});

test('progress reaches only its own job', () => {
  const { workers, client } = connect();
  const seen: number[] = [];
  void client.run('decode', input, { onProgress: ({ done }) => seen.push(done) });

  workers[0]?.reply({ kind: 'progress', jobId: 1, stage: 'decode', done: 3, total: 9 });
  workers[0]?.reply({ kind: 'progress', jobId: 2, stage: 'decode', done: 8, total: 9 });

  expect(seen).toEqual([3]);
});

test('aborting asks the worker to cancel that job', () => {
  const { workers, client } = connect();
  const abort = new AbortController();
  void client.run('decode', input, { signal: abort.signal });

  abort.abort();

  expect(workers[0]?.sent.at(-1)).toEqual({ kind: 'cancel', jobId: 1 });
});

test('a worker that answers a cancel in time is kept', async () => {
  const { workers, client } = connect();
  const abort = new AbortController();
  const job = watched(client.run('decode', input, { signal: abort.signal }));

  abort.abort();
  workers[0]?.reply({ kind: 'failed', jobId: 1, error: { code: 'cancelled' } });
  vi.advanceTimersByTime(60_000);

  await expect(job).rejects.toMatchObject({ error: { code: 'cancelled' } });
  expect(workers[0]?.terminated).toBe(false);
});

test('a worker that does not answer a cancel is ended, and the next job gets a new one', async () => {
  const { workers, client } = connect();
  const abort = new AbortController();
  const job = watched(client.run('decode', input, { signal: abort.signal }));

  abort.abort();
  vi.advanceTimersByTime(500);
  expect(workers[0]?.terminated).toBe(false);
  vi.advanceTimersByTime(500);

  await expect(job).rejects.toMatchObject({ error: { code: 'cancelled' } });
  expect(workers[0]?.terminated).toBe(true);
  void client.run('decode', input);
  expect(workers[1]?.sent).toMatchObject([{ kind: 'start', name: 'decode', jobId: 2 }]);
});

test('jobs beside the one that would not stop go on in the new worker, with the backend that was chosen', async () => {
  const { workers, client } = connect();
  void client.run('prepare', { backend: 'wasm' });
  workers[0]?.reply({ kind: 'done', jobId: 1, name: 'prepare', output: { backend: {} } });
  const abort = new AbortController();
  const stuck = watched(client.run('decode', input, { signal: abort.signal }));
  const beside = client.run('stored', {});

  abort.abort();
  vi.advanceTimersByTime(1000);

  await expect(stuck).rejects.toMatchObject({ error: { code: 'cancelled' } });
  expect(workers[1]?.sent).toMatchObject([
    { kind: 'start', name: 'prepare', input: { backend: 'wasm' } },
    { kind: 'start', name: 'stored', jobId: 3 },
  ]);
  workers[1]?.reply({ kind: 'done', jobId: 3, name: 'stored', output: { bytes: 7, modelIds: [] } });
  expect(await beside).toEqual({ bytes: 7, modelIds: [] });
});

test('a signal that aborts after the answer changes nothing', async () => {
  const { workers, client } = connect();
  const abort = new AbortController();
  const job = client.run('stored', {}, { signal: abort.signal });
  workers[0]?.reply({ kind: 'done', jobId: 1, name: 'stored', output: { bytes: 0, modelIds: [] } });
  await job;

  abort.abort();
  vi.advanceTimersByTime(60_000);

  expect(workers[0]?.sent.length).toBe(1);
  expect(workers[0]?.terminated).toBe(false);
});

test('a job whose signal is already aborted never reaches the worker', async () => {
  const { workers, client } = connect();

  const job = client.run('decode', input, { signal: AbortSignal.abort() });

  await expect(job).rejects.toMatchObject({ error: { code: 'cancelled' } });
  expect(workers).toEqual([]);
});

test('terminating an unanswering worker cancels what it was doing', async () => {
  const { workers, client } = connect();
  const job = client.run('decode', input);

  client.terminate();

  await expect(job).rejects.toMatchObject({ error: { code: 'cancelled' } });
  expect(workers[0]?.terminated).toBe(true);
});

test('a client that is closed starts nothing any more', async () => {
  const { workers, client } = connect();
  const job = client.run('decode', input);

  client.close();

  await expect(job).rejects.toMatchObject({ error: { code: 'cancelled' } });
  await expect(client.run('stored', {})).rejects.toMatchObject({ error: { code: 'cancelled' } });
  expect(workers.map(({ terminated }) => terminated)).toEqual([true]);
});

test('an input that cannot be posted fails its own job alone', async () => {
  const { workers, client } = connect();
  const fine = client.run('stored', {});

  const job = client.run('decode', { scan: (() => undefined) as unknown as Scan });

  await expect(job).rejects.toMatchObject({ error: { code: 'internal' } });
  workers[0]?.reply({ kind: 'done', jobId: 1, name: 'stored', output: { bytes: 0, modelIds: [] } });
  expect(await fine).toEqual({ bytes: 0, modelIds: [] });
});

test('a worker that is silent is asked whether it lives, and kept as long as it says so', async () => {
  const { workers, client } = connect();
  const job = watched(client.run('decode', input));

  for (let minute = 0; minute < 10; minute++) {
    vi.advanceTimersByTime(60_000);
    expect(workers[0]?.sent.at(-1)).toEqual({ kind: 'ping' });
    workers[0]?.reply({ kind: 'alive' });
  }
  expect(workers[0]?.terminated).toBe(false);
  workers[0]?.reply({ kind: 'failed', jobId: 1, error: { code: 'empty-file' } });
  await expect(job).rejects.toMatchObject({ error: { code: 'empty-file' } });
  const { length } = workers[0]?.sent ?? [];
  vi.advanceTimersByTime(600_000);
  expect(workers[0]?.sent).toHaveLength(length);
});

test('a worker that no longer answers at all is lost, and the next job gets a new one', async () => {
  const { workers, client } = connect();
  const job = watched(client.run('decode', input));

  vi.advanceTimersByTime(89_000);
  expect(workers[0]?.terminated).toBe(false);
  vi.advanceTimersByTime(1_000);

  await expect(job).rejects.toMatchObject({ error: { code: 'worker-lost' } });
  expect(workers[0]?.terminated).toBe(true);
  void client.run('decode', input);
  expect(workers).toHaveLength(2);
});

test('jobs that are asked of a silent worker do not prolong the wait for it', async () => {
  const { workers, client } = connect();
  const jobs: Promise<unknown>[] = [watched(client.run('decode', input))];

  for (let asked = 0; asked < 4; asked++) {
    vi.advanceTimersByTime(20_000);
    jobs.push(watched(client.run('stored', {})));
  }
  vi.advanceTimersByTime(10_000);

  for (const job of jobs) await expect(job).rejects.toMatchObject({ error: { code: 'worker-lost' } });
  expect(workers).toHaveLength(1);
});

test('after a program did not arrive, the next job gets a worker that asks for it anew', async () => {
  const { workers, client } = connect();
  const job = watched(client.run('prepare', { backend: 'auto' }));
  workers[0]?.reply({ kind: 'failed', jobId: 1, error: { code: 'program-unreachable', part: 'the GPU backend' } });

  await expect(job).rejects.toMatchObject({ error: { code: 'program-unreachable' } });
  void client.run('stored', {});
  expect(workers[0]?.terminated).toBe(true);
  expect(workers).toHaveLength(2);
});
