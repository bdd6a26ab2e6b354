/** The networks among the files that the service worker keeps: its caches, seen from a page or a worker. */

/** What says of an entry which file it is; the key is its hash. */
export const pathHeader = 'X-Path';

/** The program's caches, one a folder it is served from. */
export const cachePrefix = 'metsight ';

export async function forgetCachedModels(): Promise<void> {
  const storage: CacheStorage | undefined = globalThis.caches;
  if (!storage) return;
  for (const name of await storage.keys()) {
    if (!name.startsWith(cachePrefix)) continue;
    const cache = await storage.open(name);
    for (const key of await cache.keys()) {
      const path = (await cache.match(key))?.headers.get(pathHeader) ?? '';
      if (path.startsWith('models/')) await cache.delete(key);
    }
  }
}
