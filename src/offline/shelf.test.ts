import { createHash } from 'node:crypto';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { ReleaseFile } from './release';
import { keptPaths, Shelf, Unobtainable } from './shelf';

const scope = 'https://site.example/app/';

/** As much of Cache Storage as is used. */
class MemoryCache {
  readonly entries = new Map<string, { bytes: Uint8Array<ArrayBuffer>; headers: Headers }>();
  keys = async () => [...this.entries.keys()].map((url) => ({ url }));
  async match(key: string | { url: string }) {
    const found = this.entries.get(typeof key === 'string' ? key : key.url);
    return found && new Response(found.bytes, { headers: found.headers });
  }
  async put(key: string, response: Response) {
    this.entries.set(key, { bytes: new Uint8Array(await response.arrayBuffer()), headers: response.headers });
  }
  delete = async (key: string) => this.entries.delete(key);
}

let cache: MemoryCache;
let isThere: boolean;
let served: Map<string, string>;
let fetches: string[];

beforeEach(() => {
  cache = new MemoryCache();
  isThere = false;
  served = new Map();
  fetches = [];
  vi.stubGlobal('caches', {
    has: async () => isThere,
    open: async () => {
      isThere = true;
      return cache;
    },
    delete: async () => {
      isThere = false;
      cache.entries.clear();
    },
  });
  vi.stubGlobal('fetch', async (url: URL) => {
    fetches.push(url.href);
    const text = served.get(url.href.slice(scope.length));
    return text === undefined ? new Response('', { status: 404 }) : new Response(text);
  });
});
afterEach(() => void vi.unstubAllGlobals());

function publish(path: string, text: string): ReleaseFile {
  served.set(path, text);
  return { path, bytes: text.length, sha256: createHash('sha256').update(text).digest('hex') };
}

const textOf = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

test('a file is fetched once, and then comes from here', async () => {
  const shelf = new Shelf(scope);
  const file = publish('index.html', 'page');
  isThere = true;
  const both = await Promise.all([shelf.read(file), shelf.read(file)]);
  served.clear();
  expect([...both, await shelf.read(file)].map(textOf)).toEqual(['page', 'page', 'page']);
  expect(fetches).toHaveLength(1);
});

test('a file of another release is never handed out, nor kept', async () => {
  const shelf = new Shelf(scope);
  const file = publish('assets/a.js', 'old');
  served.set('assets/a.js', 'new');
  await expect(shelf.read(file)).rejects.toThrow(Unobtainable);
  await expect(shelf.keep(file)).rejects.toThrow(Unobtainable);
  expect(cache.entries.size).toBe(0);
});

test('a kept file that was damaged is fetched anew', async () => {
  const shelf = new Shelf(scope);
  const file = publish('assets/a.js', 'right');
  await shelf.keep(file);
  for (const entry of cache.entries.values()) entry.bytes[0]! ^= 1;
  expect(textOf(await shelf.read(file))).toBe('right');
  expect(fetches).toHaveLength(2);
});

test('on a full disk a file is handed out, but does not count as kept', async () => {
  const shelf = new Shelf(scope);
  cache.put = () => Promise.reject(new DOMException('full', 'QuotaExceededError'));
  const file = publish('assets/a.js', 'right');
  expect(textOf(await shelf.read(file))).toBe('right');
  await expect(shelf.keep(file)).rejects.toThrow('full');
});

test('a new release takes over what has not changed, and drops the rest', async () => {
  const shelf = new Shelf(scope);
  const same = publish('assets/same.js', 'same');
  const old = publish('assets/old.js', 'old');
  await Promise.all([shelf.keep(same), shelf.keep(old)]);
  const moved = { ...same, path: 'assets/moved.js' };
  fetches = [];
  await shelf.keep(moved);
  await shelf.prune({ id: 'new', version: '2', files: [moved], shell: [] });
  expect(fetches).toEqual([]);
  expect([...(await keptPaths(scope))]).toEqual(['assets/same.js']);
});

test('the networks that were chosen are those whose weights are kept', async () => {
  const shelf = new Shelf(scope);
  await shelf.keep(publish('models/one/weights.bin', 'weights'));
  await shelf.keep(publish('models/two/manifest.json', '{}'));
  expect([...(await shelf.chosenModels())]).toEqual(['one']);
});

test('after forgetting, nothing is kept any more', async () => {
  const shelf = new Shelf(scope);
  const file = publish('index.html', 'page');
  await shelf.keep(file);
  await shelf.forget();
  expect(textOf(await shelf.read(file))).toBe('page');
  await expect(shelf.keep(file)).rejects.toThrow(Unobtainable);
  expect([isThere, cache.entries.size]).toEqual([false, 0]);
});

test('nor by a worker that was stopped and started meanwhile, and knows nothing of it', async () => {
  const file = publish('index.html', 'page');
  await new Shelf(scope).keep(file);
  await new Shelf(scope).forget();
  const restarted = new Shelf(scope);
  expect(textOf(await restarted.read(file))).toBe('page');
  await restarted.chosenModels();
  await restarted.prune({ id: 'a', version: '1', files: [file], shell: [] });
  expect([...(await keptPaths(scope)), isThere]).toEqual([false]);
});
