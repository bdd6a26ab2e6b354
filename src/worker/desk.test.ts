import { expect, test, vi } from 'vitest';
import { PipelineFailure } from '../domain/errors';
import { Desk, type Done, type Start } from './desk';
import type { JobName, Reply } from './protocol';

type Checkpoint = (stage: 'infer', done: number, total: number) => Promise<void>;

/** A desk whose jobs do what the test says; `replies` is all that the page would hear. */
function desk(perform: (start: Start, checkpoint: Checkpoint) => Promise<unknown>) {
  const replies: Reply[] = [];
  const answering = new Desk(
    async (start, checkpoint) => {
      const output = await perform(start, checkpoint);
      return { kind: 'done', jobId: start.jobId, name: start.name, output } as Done;
    },
    (reply) => replies.push(reply),
  );
  const start = (jobId: number, name: JobName) => answering.receive({ kind: 'start', jobId, name } as Start);
  const cancel = (jobId: number) => answering.receive({ kind: 'cancel', jobId });
  const ends = () =>
    replies.flatMap((reply) =>
      reply.kind === 'done' || reply.kind === 'failed' ? `${reply.jobId} ${reply.kind}` : [],
    );
  return { answering, replies, start, cancel, ends };
}

const passing = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

/** On a busy machine a moment may be long: waits for what must come, not for a time. */
const eventually = (assertion: () => void) => vi.waitFor(assertion, { timeout: 4000, interval: 5 });

/** Blocks the thread, as a network on wasm does. */
function busy(ms: number) {
  const until = performance.now() + ms;
  while (performance.now() < until);
}

test('a job is answered with its own output', async () => {
  const { start, replies } = desk(() => Promise.resolve({ bytes: 3 }));

  start(7, 'stored');

  await eventually(() => expect(replies).toEqual([{ kind: 'done', jobId: 7, name: 'stored', output: { bytes: 3 } }]));
});

test('a thrown failure is answered as data, a foreign one as internal', async () => {
  const { start, replies } = desk(({ jobId }) =>
    Promise.reject(jobId === 1 ? new PipelineFailure({ code: 'empty-file' }) : new Error('odd')),
  );

  start(1, 'decode');
  start(2, 'decode');

  await eventually(() =>
    expect(replies).toEqual([
      { kind: 'failed', jobId: 1, error: { code: 'empty-file' } },
      { kind: 'failed', jobId: 2, error: { code: 'internal', message: 'odd' } },
    ]),
  );
});

test('a slice that is known is shown with the progress of its job', async () => {
  const replies: Reply[] = [];
  const partial = { slice: 3, rows: 1, cols: 2, probabilities: Float32Array.of(0.25, 0.5) };
  const answering = new Desk(
    async ({ jobId }, checkpoint, show) => {
      await checkpoint('infer', 4, 9);
      show(partial);
      return { kind: 'done', jobId, name: 'segment' } as Done;
    },
    (reply) => replies.push(reply),
  );
  answering.receive({ kind: 'start', jobId: 5, name: 'segment' } as Start);

  const progress = { kind: 'progress', jobId: 5, stage: 'infer', done: 4, total: 9 };
  await eventually(() => expect(replies.slice(0, 2)).toEqual([progress, { ...progress, partial }]));
});

test('an exhausted memory is named with the step that met it', async () => {
  const { start, replies } = desk(async (_, checkpoint) => {
    await checkpoint('infer', 0, 1);
    throw new RangeError('Array buffer allocation failed');
  });

  start(1, 'segment');

  const error = { code: 'out-of-memory', stage: 'infer' };
  await eventually(() => expect(replies.at(-1)).toEqual({ kind: 'failed', jobId: 1, error }));
});

test('one network runs at a time, and a failed one does not block the next', async () => {
  let running = 0;
  let most = 0;
  const { start, ends } = desk(async ({ jobId }) => {
    most = Math.max(most, ++running);
    await passing(5);
    running--;
    if (jobId === 1) throw new Error('the first fails');
  });

  start(1, 'segment');
  start(2, 'load');
  start(3, 'segment');

  await eventually(() => expect(ends()).toEqual(['1 failed', '2 done', '3 done']));
  expect(most).toBe(1);
});

test('a slider’s job does not wait for a network', async () => {
  let finishNetwork = () => {};
  const network = new Promise<void>((resolve) => (finishNetwork = resolve));
  const { start, ends } = desk(({ name }) => (name === 'segment' ? network : Promise.resolve()));

  start(1, 'segment');
  start(2, 'delineate');

  await eventually(() => expect(ends()).toEqual(['2 done']));
  finishNetwork();
  await eventually(() => expect(ends()).toEqual(['2 done', '1 done']));
});

test('a cancel that arrives between two slices stops the job at the next', async () => {
  let slices = 0;
  const { start, cancel, ends } = desk(async (_, checkpoint) => {
    for (let slice = 0; slice < 10; slice++) {
      busy(20);
      slices++;
      await checkpoint('infer', slice, 10);
    }
  });

  start(1, 'segment');
  setTimeout(() => cancel(1), 5);

  await eventually(() => expect(ends()).toEqual(['1 failed']));
  expect(slices).toBeLessThan(10);
});

test('a job still in the queue is cancelled at once and never run', async () => {
  const ran: number[] = [];
  const { start, cancel, replies, ends } = desk(async ({ jobId }) => {
    ran.push(jobId);
    await passing(5);
  });

  start(1, 'segment');
  start(2, 'segment');
  cancel(2);
  expect(replies).toEqual([{ kind: 'failed', jobId: 2, error: { code: 'cancelled' } }]);
  start(3, 'segment');

  await eventually(() => expect(ends()).toEqual(['2 failed', '1 done', '3 done']));
  expect(ran).toEqual([1, 3]);
});

test('a cancel for a job that is over, or never was, is ignored', async () => {
  const { start, cancel, ends } = desk(() => Promise.resolve({}));

  start(1, 'stored');
  await eventually(() => expect(ends()).toEqual(['1 done']));
  cancel(1);
  cancel(99);

  expect(ends()).toEqual(['1 done']);
});

test('a failure of no job is told to every open one, once, and later jobs still run', async () => {
  const { answering, start, ends } = desk(({ jobId }) =>
    jobId === 1 ? new Promise(() => undefined) : Promise.resolve(),
  );

  start(1, 'segment');
  start(2, 'segment');
  await passing(5);
  answering.failAll(new Error('from nowhere'));
  expect(ends()).toEqual(['1 failed', '2 failed']);
  start(3, 'segment');

  await eventually(() => expect(ends()).toEqual(['1 failed', '2 failed', '3 done']));
});

test('a desk that is asked whether it lives says so, in the middle of a job', () => {
  const { answering, replies } = desk(() => new Promise(() => undefined));
  answering.receive({ kind: 'start', jobId: 1, name: 'stored' } as Start);
  answering.receive({ kind: 'ping' });
  expect(replies).toEqual([{ kind: 'alive' }]);
});
