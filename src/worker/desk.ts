/** Where requests become replies: each job is answered exactly once, whatever happens in it. */
import { PipelineFailure, type PipelineError, type Stage } from '../domain/errors';
import type { Checkpoint } from '../domain/network';
import { pipelineErrorAt } from '../pipeline/pipelineErrorAt';
import type { PartialSlice } from '../pipeline/segment';
import type { JobName, Progress, Reply, Request } from './protocol';

export type Start = Extract<Request, { kind: 'start' }>;
export type Done = Extract<Reply, { kind: 'done' }>;

/** Does a job; `show` hands out a part of its result before the whole is there. */
export type Perform = (start: Start, checkpoint: Checkpoint, show: (partial: PartialSlice) => void) => Promise<Done>;

interface OpenJob {
  isCancelled: boolean;
  isRunning: boolean;
  stage: Stage;
  done: number;
  total: number;
}

/** These use the GPU or the one wasm heap: one at a time. The others answer at once, so a slider never waits for a network. */
const queued: readonly JobName[] = ['prepare', 'load', 'segment', 'release'];

/** Long enough that yielding costs nothing, short enough that a cancel is seen at once. */
const yieldEveryMs = 15;

/** A macrotask: only then can a waiting message arrive. */
const macrotask = () => new Promise<void>((resolve) => setTimeout(resolve));

export class Desk {
  readonly #perform: Perform;
  readonly #post: (reply: Reply) => void;
  readonly #open = new Map<number, OpenJob>();
  #queue: Promise<void> = Promise.resolve();

  constructor(perform: Perform, post: (reply: Reply) => void) {
    this.#perform = perform;
    this.#post = post;
  }

  receive(request: Request) {
    if (request.kind === 'ping') this.#post({ kind: 'alive' });
    else if (request.kind === 'cancel') this.#cancel(request.jobId);
    else this.#start(request);
  }

  /** For a failure that belongs to no job: every open one is told, and later ones do not wait for any of them to end. */
  failAll(thrown: unknown) {
    for (const [jobId, job] of this.#open) {
      job.isCancelled = true;
      this.#fail(jobId, pipelineErrorAt(job.stage, thrown));
    }
    this.#queue = Promise.resolve();
  }

  #start(start: Start) {
    const job: OpenJob = { isCancelled: false, isRunning: false, stage: 'decode', done: 0, total: 1 };
    this.#open.set(start.jobId, job);
    // `#answer` never rejects, so the queue forgets failures by construction.
    if (queued.includes(start.name)) this.#queue = this.#queue.then(() => this.#answer(start, job));
    else void this.#answer(start, job);
  }

  #cancel(jobId: number) {
    const job = this.#open.get(jobId);
    if (!job) return;
    job.isCancelled = true;
    if (!job.isRunning) this.#fail(jobId, { code: 'cancelled' });
  }

  async #answer(start: Start, job: OpenJob) {
    if (job.isCancelled) return;
    job.isRunning = true;
    try {
      const { jobId } = start;
      const show = (partial: PartialSlice) => this.#post({ ...progressOf(jobId, job), partial });
      this.#finish(jobId, await this.#perform(start, this.#checkpoint(jobId, job), show));
    } catch (thrown) {
      this.#fail(start.jobId, pipelineErrorAt(job.stage, thrown));
    }
  }

  #checkpoint(jobId: number, job: OpenJob): Checkpoint {
    let yieldedAt = performance.now();
    return async (stage, done, total) => {
      Object.assign(job, { stage, done, total });
      this.#post(progressOf(jobId, job));
      if (performance.now() - yieldedAt >= yieldEveryMs) {
        await macrotask();
        yieldedAt = performance.now();
      }
      if (job.isCancelled) throw new PipelineFailure({ code: 'cancelled' });
    };
  }

  #fail(jobId: number, error: PipelineError) {
    this.#finish(jobId, { kind: 'failed', jobId, error });
  }

  #finish(jobId: number, reply: Reply) {
    if (!this.#open.delete(jobId)) return;
    this.#post(reply);
  }
}

const progressOf = (jobId: number, { stage, done, total }: OpenJob): Progress => ({
  kind: 'progress',
  jobId,
  stage,
  done,
  total,
});
