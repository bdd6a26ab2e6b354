import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { forgetAll } from './forget';
import { cacheNameOf } from './shelf';

let cleared: string[];

beforeEach(() => {
  cleared = [];
  vi.stubGlobal('document', { baseURI: 'https://site.example/app/' });
  const active = { scriptURL: 'https://site.example/app/sw.js' };
  const registration = { installing: null, waiting: null, active, unregister: async () => cleared.push('worker') };
  vi.stubGlobal('navigator', { serviceWorker: { getRegistration: async () => registration } });
  const names = [cacheNameOf('https://site.example/app/'), 'somebody else’s'];
  vi.stubGlobal('caches', { keys: async () => names, delete: async (name: string) => cleared.push(name) });
  const deleteDatabase = (name: string) => {
    const request: { onsuccess?: () => void } = {};
    queueMicrotask(() => {
      cleared.push(name);
      request.onsuccess?.();
    });
    return request;
  };
  vi.stubGlobal('indexedDB', { deleteDatabase });
  vi.stubGlobal('sessionStorage', { removeItem: (key: string) => cleared.push(key) });
});
afterEach(() => vi.unstubAllGlobals());

const tell = async () => void cleared.push('told');

test('every place is cleared, and nothing of anybody else’s', async () => {
  expect(await forgetAll(false, tell)).toEqual({ failed: [], isHeldElsewhere: false });
  expect(cleared).toEqual(['told', 'worker', 'metsight /app/', 'metsight', 'metsight-reloaded']);
});

test('a place that the browser blocks keeps none of the others from being cleared, and is named', async () => {
  const blocked = () => {
    throw new DOMException('blocked', 'SecurityError');
  };
  vi.stubGlobal('indexedDB', { deleteDatabase: blocked });
  expect((await forgetAll(false, tell)).failed).toEqual(['the networks']);
  expect(cleared).toContain('metsight-reloaded');
  vi.stubGlobal('sessionStorage', { removeItem: blocked });
  vi.stubGlobal('caches', { keys: blocked });
  vi.stubGlobal('navigator', { serviceWorker: { getRegistration: blocked } });
  expect((await forgetAll(false, tell)).failed).toEqual([
    'the service worker',
    'the program’s files',
    'the networks',
    'this tab’s mark',
  ]);
  expect((await forgetAll(true, tell)).failed).toEqual(['the networks', 'this tab’s mark']);
});

test('a database that another tab holds open goes with that tab, and is said', async () => {
  const deleteDatabase = () => {
    const request: { onblocked?: () => void } = {};
    queueMicrotask(() => request.onblocked?.());
    return request;
  };
  vi.stubGlobal('indexedDB', { deleteDatabase });
  expect(await forgetAll(false, tell)).toEqual({ failed: [], isHeldElsewhere: true });
});
