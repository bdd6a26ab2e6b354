/** A GPU as long as it can be trusted; wasm for good after it has failed twice in a row. Says so in its report. */
import { backendNames, type Engine, type EngineFault } from './engine';

/** A GPU that can be given up: its memory goes back. */
type Closable = Engine & { close(): Promise<void> };

export class RelayEngine implements Engine {
  readonly #gpu: Closable;
  readonly #wasm: Engine;
  readonly #releases = new Set<() => void>();
  #current: Engine;
  #failed: { readonly backend: string; readonly reason: string } | undefined;

  constructor(gpu: Closable, wasm: Engine) {
    this.#gpu = gpu;
    this.#current = gpu;
    this.#wasm = wasm;
    for (const engine of [gpu, wasm]) engine.beforeRenewal(() => this.#release());
  }

  get report() {
    const { report } = this.#current;
    if (!this.#failed) return report;
    const reason = `${this.#failed.backend} failed its check (${this.#failed.reason}), so wasm took over.`;
    return { ...report, reason, failed: this.#failed };
  }

  get reference() {
    return this.#current.reference;
  }

  run<T>(work: () => Promise<T>): Promise<T> {
    return this.#current.run(work);
  }

  beforeRenewal(release: () => void): () => void {
    this.#releases.add(release);
    return () => this.#releases.delete(release);
  }

  /** The networks are read anew on wasm, from the bytes they keep. */
  retreat({ reason }: EngineFault): boolean {
    if (this.#current === this.#wasm) return false;
    this.#release();
    const { backend, adapter } = this.#current.report;
    this.#failed = { backend: `${backendNames[backend]} on ${adapter}`, reason };
    this.#current = this.#wasm;
    // A device that is lost anyway may complain of its end.
    this.#gpu.close().catch(() => undefined);
    return true;
  }

  releasePools(): Promise<void> {
    return this.#current.releasePools();
  }

  #release() {
    for (const release of this.#releases) release();
  }
}
