import { toPipelineError } from '../domain/errors';
import type { NamedFile, Survey } from '../domain/scan';
import type { WorkerClient } from '../worker/client';
import type { Progress } from '../worker/protocol';

/** Looks through what was chosen: files, folders, archives. */
export class Intake {
  readonly #client: WorkerClient;
  #running = $state.raw<readonly AbortController[]>([]);
  #progress = $state.raw<Progress>();

  constructor(client: WorkerClient) {
    this.#client = client;
  }

  get isRunning() {
    return this.#running.length > 0;
  }

  get progress() {
    return this.#progress;
  }

  /** @returns undefined if it was cancelled. @throws PipelineFailure */
  async survey(files: readonly NamedFile[]): Promise<Survey | undefined> {
    const controller = new AbortController();
    const { signal } = controller;
    this.#running = [...this.#running, controller];
    try {
      const onProgress = (progress: Progress) => (this.#progress = progress);
      const { survey } = await this.#client.run('survey', { files }, { signal, onProgress });
      return signal.aborted ? undefined : survey;
    } catch (thrown) {
      if (signal.aborted || toPipelineError(thrown).code === 'cancelled') return undefined;
      throw thrown;
    } finally {
      this.#running = this.#running.filter((one) => one !== controller);
      this.#progress = undefined;
    }
  }

  cancel() {
    for (const controller of this.#running) controller.abort();
  }
}
