/** Bytes kept in this browser, by key. The only place that knows IndexedDB. */
import { clear, createStore, delMany, entries, get, setMany } from 'idb-keyval';

/** Any call may reject: private windows, full disks and damaged profiles do that. */
export interface Store {
  get(key: string): Promise<unknown>;
  entries(): Promise<readonly (readonly [key: string, value: unknown])[]>;
  /** Drops some keys, then writes all of these or none. */
  replace(stale: readonly string[], fresh: readonly (readonly [key: string, bytes: Uint8Array])[]): Promise<void>;
  clear(): Promise<void>;
}

/** Where the networks come with the page itself, and nothing is to be left behind. */
export const noStore: Store = {
  get: async () => undefined,
  entries: async () => [],
  replace: async () => undefined,
  clear: async () => undefined,
};

const models = createStore('metsight', 'models');

export const browserStore: Store = {
  // Where there is no `indexedDB` at all, idb-keyval throws at once; `async` makes that a rejection, too.
  get: async (key) => get<unknown>(key, models),
  entries: async () => entries<string, unknown>(models),
  async replace(stale, fresh) {
    await delMany([...stale], models);
    await setMany(
      fresh.map(([key, bytes]) => [key, bytes]),
      models,
    );
  },
  clear: async () => clear(models),
};
