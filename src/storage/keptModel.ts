/** What is kept of one model: `<id>/manifest` and `<id>/<sha256>`. */
import type { Store } from './store';
import { inTime } from './inTime';

/** What a manifest says of one file. */
export interface FileEntry {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
}

const keyOf = (modelId: string, name: string) => `${modelId}/${name}`;

export const modelIdOf = (key: string) => key.slice(0, key.lastIndexOf('/'));

/** Storage that fails or hangs is given up for as long as this lives: a load goes on without it. */
export class KeptModel {
  #isBroken = false;

  constructor(
    readonly modelId: string,
    private readonly store: Store,
  ) {}

  async get(name: string): Promise<Uint8Array | undefined> {
    const value = await this.#attempt(() => this.store.get(keyOf(this.modelId, name)));
    return value instanceof Uint8Array ? value : undefined;
  }

  /** @returns whether all of it is stored now */
  async keep(
    manifestBytes: Uint8Array,
    listed: readonly FileEntry[],
    files: ReadonlyMap<string, Uint8Array>,
  ): Promise<boolean> {
    const wanted = new Map([[keyOf(this.modelId, 'manifest'), manifestBytes]]);
    for (const { path, sha256 } of listed) {
      const bytes = files.get(path);
      if (bytes) wanted.set(keyOf(this.modelId, sha256), bytes);
    }
    const stored = await this.#attempt(async () => {
      const own = (await this.store.entries()).filter(([key]) => modelIdOf(key) === this.modelId);
      const stale = own.map(([key]) => key).filter((key) => !wanted.has(key));
      const present = new Map(own);
      const fresh = [...wanted].filter(([key, bytes]) => !areEqual(present.get(key), bytes));
      if (stale.length > 0 || fresh.length > 0) await this.store.replace(stale, fresh);
      return true;
    });
    return stored === true;
  }

  async #attempt<T>(work: () => Promise<T>): Promise<T | undefined> {
    if (this.#isBroken) return undefined;
    try {
      return await inTime(work());
    } catch {
      this.#isBroken = true;
      return undefined;
    }
  }
}

function areEqual(stored: unknown, bytes: Uint8Array): boolean {
  return (
    stored instanceof Uint8Array && stored.length === bytes.length && stored.every((byte, at) => byte === bytes[at])
  );
}
