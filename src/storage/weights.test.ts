import 'fake-indexeddb/auto';
import { createHash } from 'node:crypto';
import { beforeEach, expect, test, vi } from 'vitest';
import type { ModelSource } from '../domain/assets';
import { PipelineFailure } from '../domain/errors';
import { browserStore, type Store } from './store';
import { forgetModels, loadModelFiles, storedModels } from './weights';

const id = 'nested-unet-t1ce';
const encode = (text: string) => new TextEncoder().encode(text);
const hash = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const parse = (bytes: Uint8Array) => JSON.parse(new TextDecoder().decode(bytes)) as { files: never[] };
const onProgress = () => Promise.resolve();

interface Published {
  /** Its sha256. */
  readonly manifest: string;
  readonly source: ModelSource;
}

/** A published version of a model, and a network that counts what is fetched from it. */
function publish(weights: string) {
  const served = new Map([
    ['model.json', encode('{"graph":1}')],
    ['weights.bin', encode(weights)],
  ]);
  const files = [...served].map(([path, bytes]) => ({ path, bytes: bytes.length, sha256: hash(bytes) }));
  const manifest = encode(JSON.stringify({ files }));
  served.set('manifest.json', manifest);
  const fetched: string[] = [];
  const source: ModelSource = (path) => {
    fetched.push(path);
    const bytes = served.get(path);
    return bytes ? Promise.resolve(bytes) : unreachable(path);
  };
  const weightsSha256 = files[1]!.sha256;
  return {
    served,
    source,
    fetched,
    manifest: hash(manifest),
    sha256: weightsSha256,
    weights: served.get('weights.bin')!,
  };
}

const unreachable: ModelSource = (file) =>
  Promise.reject(new PipelineFailure({ code: 'model-unreachable', modelId: id, file }));

/** By a program that was built with this version of the model. */
const load = ({ manifest, source }: Published, store: Store = browserStore) =>
  loadModelFiles(id, manifest, source, parse, onProgress, store);

const weightsOf = ({ files }: { files: ReadonlyMap<string, Uint8Array> }) => files.get('weights.bin');

async function keysStored() {
  return (await browserStore.entries()).map(([key]) => key);
}

beforeEach(() => browserStore.clear());

test('a model is fetched once', async () => {
  const own = publish('first');
  expect(await load(own)).toMatchObject({ from: 'network', isStored: true });
  expect(own.fetched.splice(0)).toEqual(['manifest.json', 'model.json', 'weights.bin']);
  const again = await load(own);
  expect(again).toMatchObject({ from: 'storage', isStored: true });
  expect(weightsOf(again)).toEqual(own.weights);
  expect(own.fetched).toEqual([]);
});

test('without a network, what is stored is used', async () => {
  const own = publish('first');
  await load(own);
  const offline = await load({ ...own, source: unreachable });
  expect(offline).toMatchObject({ from: 'storage', isStored: true });
  expect(weightsOf(offline)).toEqual(own.weights);
});

test('a model never seen is unreachable without a network', async () => {
  await expect(load({ ...publish('first'), source: unreachable })).rejects.toMatchObject({
    error: { code: 'model-unreachable', modelId: id, file: 'manifest.json' },
  });
});

const flipped = (bytes: Uint8Array) => bytes.map((byte, at) => (at === 2 ? byte ^ 1 : byte));
const damages: [string, (bytes: Uint8Array) => Uint8Array][] = [
  ['one flipped bit', flipped],
  ['a lost tail', (bytes) => bytes.slice(0, -1)],
  ['bytes too many', (bytes) => Uint8Array.of(...bytes, 0)],
  ['something that is no bytes', () => 'first' as unknown as Uint8Array],
];

test.each(damages)('a stored entry with %s is replaced from the network', async (_, damage) => {
  const own = publish('first');
  await load(own);
  const key = `${id}/${own.sha256}`;
  await browserStore.replace([], [[key, damage(own.weights)]]);
  own.fetched.length = 0;
  const healed = await load(own);
  expect(own.fetched).toEqual(['weights.bin']);
  expect(weightsOf(healed)).toEqual(own.weights);
  expect(await browserStore.get(key)).toEqual(own.weights);
});

test.each(damages)(
  'a stored manifest with %s is replaced from the network, and not used without one',
  async (_, damage) => {
    const own = publish('first');
    await load(own);
    const key = `${id}/manifest`;
    const bytes = own.served.get('manifest.json')!;
    await browserStore.replace([], [[key, damage(bytes)]]);
    await expect(load({ ...own, source: unreachable })).rejects.toMatchObject({
      error: { code: 'model-unreachable', file: 'manifest.json' },
    });
    own.fetched.length = 0;
    expect(await load(own)).toMatchObject({ from: 'storage', isStored: true });
    expect(own.fetched).toEqual(['manifest.json']);
    expect(await browserStore.get(key)).toEqual(bytes);
  },
);

test('a damaged entry is not used without a network either', async () => {
  const own = publish('first');
  await load(own);
  await browserStore.replace([], [[`${id}/${own.sha256}`, encode('wrong')]]);
  await expect(load({ ...own, source: unreachable })).rejects.toMatchObject({ error: { code: 'model-unreachable' } });
});

test('a new version replaces the old one, and leaves another model alone', async () => {
  const old = publish('first');
  const other = publish('other');
  await load(old);
  await loadModelFiles('attention-unet-t1ce', other.manifest, other.source, parse, onProgress);
  const fresh = publish('second version');
  expect(weightsOf(await load(fresh))).toEqual(fresh.weights);
  const keys = await keysStored();
  expect(keys).toContain(`${id}/${fresh.sha256}`);
  expect(keys).not.toContain(`${id}/${old.sha256}`);
  expect(keys).toContain(`attention-unet-t1ce/${other.sha256}`);
});

test('what is stored of an older release is not used by a newer one, and stays for a program of its own', async () => {
  const old = publish('first');
  await load(old);
  const fresh = publish('second version');
  await expect(load({ ...fresh, source: unreachable })).rejects.toMatchObject({ error: { code: 'model-unreachable' } });
  fresh.served.delete('weights.bin');
  await expect(load(fresh)).rejects.toMatchObject({ error: { code: 'model-unreachable', file: 'weights.bin' } });
  expect(weightsOf(await load({ ...old, source: fresh.source }))).toEqual(old.weights);
});

test('a host that has another version than the program was built with is refused, and nothing stored', async () => {
  const { manifest } = publish('first');
  await expect(load({ manifest, source: publish('second version').source })).rejects.toMatchObject({
    error: { code: 'model-integrity', modelId: id, file: 'manifest.json' },
  });
  expect(await keysStored()).toEqual([]);
});

test.each([
  ['other bytes of the same length', 'fIrst'],
  ['fewer bytes', 'firs'],
])('a file that arrives with %s is refused and not stored', async (_, arrived) => {
  const own = publish('first');
  own.served.set('weights.bin', encode(arrived));
  await expect(load(own)).rejects.toMatchObject({
    error: { code: 'model-integrity', modelId: id, file: 'weights.bin' },
  });
  expect(await keysStored()).toEqual([]);
});

test.each(['manifest.json', 'weights.bin'])(
  '%s that arrives damaged is fetched once more, and whole then',
  async (file) => {
    const own = publish('first');
    const damagedOnce: ModelSource = async (path) => {
      const bytes = await own.source(path);
      const isFirst = own.fetched.filter((one) => one === path).length === 1;
      return path === file && isFirst ? flipped(bytes) : bytes;
    };
    const loaded = await load({ ...own, source: damagedOnce });
    expect(own.fetched.filter((path) => path === file)).toHaveLength(2);
    expect(own.fetched).toHaveLength(4);
    expect(weightsOf(loaded)).toEqual(own.weights);
    expect(await load({ ...own, source: unreachable })).toMatchObject({ from: 'storage' });
  },
);

test('a manifest that the parser refuses is not stored', async () => {
  const captive = encode('<!doctype html>');
  const source: ModelSource = () => Promise.resolve(captive);
  await expect(load({ manifest: hash(captive), source })).rejects.toThrow(SyntaxError);
  expect(await keysStored()).toEqual([]);
});

test('a cancel ends the load and is not taken for a lost network', async () => {
  const own = publish('first');
  await load(own);
  const cancelled = () => Promise.reject(new PipelineFailure({ code: 'cancelled' }));
  await expect(loadModelFiles(id, own.manifest, own.source, parse, cancelled)).rejects.toMatchObject({
    error: { code: 'cancelled' },
  });
});

const full = new DOMException('full', 'QuotaExceededError');

test('on a full disk the model is loaded, and said not to be stored', async () => {
  const own = publish('first');
  const fullStore: Store = { ...browserStore, replace: () => Promise.reject(full) };
  const loaded = await load(own, fullStore);
  expect(loaded).toMatchObject({ from: 'network', isStored: false });
  expect(weightsOf(loaded)).toEqual(own.weights);
});

test('where IndexedDB is forbidden the model is loaded, and said not to be stored', async () => {
  const refused = () => Promise.reject(new DOMException('denied', 'SecurityError'));
  const closed: Store = { get: refused, entries: refused, replace: refused, clear: refused };
  expect(await load(publish('first'), closed)).toMatchObject({ from: 'network', isStored: false });
  expect(await storedModels(closed)).toEqual({ bytes: 0, modelIds: [] });
});

test('where there is no IndexedDB at all the model is loaded, and said not to be stored', async () => {
  vi.resetModules();
  vi.stubGlobal('indexedDB', undefined);
  try {
    const fresh = await import('./weights');
    const { manifest, source } = publish('first');
    const loaded = await fresh.loadModelFiles(id, manifest, source, parse, onProgress);
    expect(loaded).toMatchObject({ from: 'network', isStored: false });
    expect(await fresh.storedModels()).toEqual({ bytes: 0, modelIds: [] });
  } finally {
    vi.unstubAllGlobals();
  }
});

test('an IndexedDB that never answers is given up once, not for each file', async () => {
  vi.useFakeTimers();
  try {
    const never = vi.fn(() => new Promise<never>(() => undefined));
    const loading = load(publish('first'), { get: never, entries: never, replace: never, clear: never });
    await vi.advanceTimersByTimeAsync(5000);
    expect(await loading).toMatchObject({ from: 'network', isStored: false });
    expect(never).toHaveBeenCalledTimes(1);
  } finally {
    vi.useRealTimers();
  }
});

test('where IndexedDB never answers, nothing is listed as stored, and nobody waits', async () => {
  vi.useFakeTimers();
  try {
    const never = () => new Promise<never>(() => undefined);
    const listed = storedModels({ get: never, entries: never, replace: never, clear: never });
    await vi.advanceTimersByTimeAsync(5000);
    expect(await listed).toEqual({ bytes: 0, modelIds: [] });
  } finally {
    vi.useRealTimers();
  }
});

test('progress counts the bytes of complete files, of all files', async () => {
  const { manifest, source } = publish('first');
  const heard: [number, number][] = [];
  const listen = (done: number, total: number) => Promise.resolve(void heard.push([done, total]));
  await loadModelFiles(id, manifest, source, parse, listen);
  expect(heard).toEqual([
    [0, 16],
    [11, 16],
    [16, 16],
  ]);
});

test('what is stored can be listed and forgotten', async () => {
  const own = publish('first');
  await load(own);
  const bytes = [...own.served.values()].reduce((sum, { length }) => sum + length, 0);
  expect(await storedModels()).toEqual({ bytes, modelIds: [id] });
  await forgetModels();
  expect(await storedModels()).toEqual({ bytes: 0, modelIds: [] });
});
