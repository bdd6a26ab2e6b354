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

/** A published version of a model, and a network that counts what is fetched from it. */
function publish(weights: string) {
  const served = new Map([
    ['model.json', encode('{"graph":1}')],
    ['weights.bin', encode(weights)],
  ]);
  const files = [...served].map(([path, bytes]) => ({ path, bytes: bytes.length, sha256: hash(bytes) }));
  served.set('manifest.json', encode(JSON.stringify({ files })));
  const fetched: string[] = [];
  const source: ModelSource = (path) => {
    fetched.push(path);
    const bytes = served.get(path);
    return bytes ? Promise.resolve(bytes) : unreachable(path);
  };
  return { served, source, fetched, sha256: files[1]!.sha256, weights: served.get('weights.bin')! };
}

const unreachable: ModelSource = (file) =>
  Promise.reject(new PipelineFailure({ code: 'model-unreachable', modelId: id, file }));

const load = (source: ModelSource, store: Store = browserStore) => loadModelFiles(id, source, parse, onProgress, store);

const weightsOf = ({ files }: { files: ReadonlyMap<string, Uint8Array> }) => files.get('weights.bin');

async function keysStored() {
  return (await browserStore.entries()).map(([key]) => key);
}

beforeEach(() => browserStore.clear());

test('a model is fetched once, then only its manifest', async () => {
  const { source, fetched, weights } = publish('first');
  expect(await load(source)).toMatchObject({ from: 'network', isStored: true });
  expect(fetched.splice(0)).toEqual(['manifest.json', 'model.json', 'weights.bin']);
  const again = await load(source);
  expect(again).toMatchObject({ from: 'storage', isStored: true });
  expect(weightsOf(again)).toEqual(weights);
  expect(fetched).toEqual(['manifest.json']);
});

test('without a network, what is stored is used', async () => {
  const { source, weights } = publish('first');
  await load(source);
  const offline = await load(unreachable);
  expect(offline).toMatchObject({ from: 'storage', isStored: true });
  expect(weightsOf(offline)).toEqual(weights);
});

test('a model never seen is unreachable without a network', async () => {
  await expect(load(unreachable)).rejects.toMatchObject({
    error: { code: 'model-unreachable', modelId: id, file: 'manifest.json' },
  });
});

test.each([
  ['one flipped bit', (bytes: Uint8Array) => bytes.map((byte, at) => (at === 2 ? byte ^ 1 : byte))],
  ['a lost tail', (bytes: Uint8Array) => bytes.slice(0, -1)],
  ['bytes too many', (bytes: Uint8Array) => Uint8Array.of(...bytes, 0)],
  ['something that is no bytes', () => 'first' as unknown as Uint8Array],
])('a stored entry with %s is replaced from the network', async (_, damage) => {
  const { source, fetched, sha256, weights } = publish('first');
  await load(source);
  const key = `${id}/${sha256}`;
  await browserStore.replace([], [[key, damage(weights)]]);
  fetched.length = 0;
  const healed = await load(source);
  expect(fetched).toEqual(['manifest.json', 'weights.bin']);
  expect(weightsOf(healed)).toEqual(weights);
  expect(await browserStore.get(key)).toEqual(weights);
});

test('a damaged entry is not used without a network either', async () => {
  const { source, sha256 } = publish('first');
  await load(source);
  await browserStore.replace([], [[`${id}/${sha256}`, encode('wrong')]]);
  await expect(load(unreachable)).rejects.toMatchObject({ error: { code: 'model-unreachable' } });
});

test('a new version replaces the old one, and leaves another model alone', async () => {
  const old = publish('first');
  const other = publish('other');
  await load(old.source);
  await loadModelFiles('attention-unet-t1ce', other.source, parse, onProgress);
  const fresh = publish('second version');
  expect(weightsOf(await load(fresh.source))).toEqual(fresh.weights);
  const keys = await keysStored();
  expect(keys).toContain(`${id}/${fresh.sha256}`);
  expect(keys).not.toContain(`${id}/${old.sha256}`);
  expect(keys).toContain(`attention-unet-t1ce/${other.sha256}`);
});

test('a new version of which a file cannot be fetched leaves the old one in use', async () => {
  const old = publish('first');
  await load(old.source);
  const fresh = publish('second version');
  fresh.served.delete('weights.bin');
  expect(weightsOf(await load(fresh.source))).toEqual(old.weights);
  expect(await keysStored()).toContain(`${id}/${old.sha256}`);
});

test.each([
  ['other bytes of the same length', 'fIrst'],
  ['fewer bytes', 'firs'],
])('a file that arrives with %s is refused and not stored', async (_, arrived) => {
  const { source, served } = publish('first');
  served.set('weights.bin', encode(arrived));
  await expect(load(source)).rejects.toMatchObject({
    error: { code: 'model-integrity', modelId: id, file: 'weights.bin' },
  });
  expect(await keysStored()).toEqual([]);
});

test('a file that arrives damaged is fetched once more, and whole then', async () => {
  const { source, served, fetched, weights } = publish('first');
  const damagedOnce: ModelSource = async (path) => {
    const bytes = await source(path);
    const isFirst = fetched.filter((one) => one === path).length === 1;
    return path === 'weights.bin' && isFirst ? bytes.map((byte, at) => (at === 2 ? byte ^ 1 : byte)) : bytes;
  };
  const loaded = await load(damagedOnce);
  expect(fetched).toEqual(['manifest.json', 'model.json', 'weights.bin', 'weights.bin']);
  expect(weightsOf(loaded)).toEqual(weights);
  expect(served.get('weights.bin')).toEqual(weights);
});

test('a manifest that the parser refuses does not replace the stored one', async () => {
  const { source, weights } = publish('first');
  await load(source);
  const captive: ModelSource = () => Promise.resolve(encode('<!doctype html>'));
  await expect(load(captive)).rejects.toThrow(SyntaxError);
  expect(weightsOf(await load(unreachable))).toEqual(weights);
});

test('a cancel ends the load and is not taken for a lost network', async () => {
  const { source } = publish('first');
  await load(source);
  const cancelled = () => Promise.reject(new PipelineFailure({ code: 'cancelled' }));
  await expect(loadModelFiles(id, source, parse, cancelled)).rejects.toMatchObject({ error: { code: 'cancelled' } });
});

const full = new DOMException('full', 'QuotaExceededError');

test('on a full disk the model is loaded, and said not to be stored', async () => {
  const { source, weights } = publish('first');
  const fullStore: Store = { ...browserStore, replace: () => Promise.reject(full) };
  const loaded = await load(source, fullStore);
  expect(loaded).toMatchObject({ from: 'network', isStored: false });
  expect(weightsOf(loaded)).toEqual(weights);
});

test('where IndexedDB is forbidden the model is loaded, and said not to be stored', async () => {
  const refused = () => Promise.reject(new DOMException('denied', 'SecurityError'));
  const closed: Store = { get: refused, entries: refused, replace: refused, clear: refused };
  const { source } = publish('first');
  expect(await load(source, closed)).toMatchObject({ from: 'network', isStored: false });
  expect(await storedModels(closed)).toEqual({ bytes: 0, modelIds: [] });
});

test('where there is no IndexedDB at all the model is loaded, and said not to be stored', async () => {
  vi.resetModules();
  vi.stubGlobal('indexedDB', undefined);
  try {
    const fresh = await import('./weights');
    const { source } = publish('first');
    const loaded = await fresh.loadModelFiles(id, source, parse, onProgress);
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
    const { source } = publish('first');
    const loading = load(source, { get: never, entries: never, replace: never, clear: never });
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
  const { source } = publish('first');
  const heard: [number, number][] = [];
  const listen = (done: number, total: number) => Promise.resolve(void heard.push([done, total]));
  await loadModelFiles(id, source, parse, listen);
  expect(heard).toEqual([
    [0, 16],
    [11, 16],
    [16, 16],
  ]);
});

test('what is stored can be listed and forgotten', async () => {
  const { source, served } = publish('first');
  await load(source);
  const bytes = [...served.values()].reduce((sum, { length }) => sum + length, 0);
  expect(await storedModels()).toEqual({ bytes, modelIds: [id] });
  await forgetModels();
  expect(await storedModels()).toEqual({ bytes: 0, modelIds: [] });
});
