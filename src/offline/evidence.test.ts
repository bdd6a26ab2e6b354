import { createHash } from 'node:crypto';
import { afterEach, expect, test, vi } from 'vitest';
import { checkFiles, gatherEvidence, keepRequests, watchElsewhere, type FileCheck } from './evidence';

afterEach(() => vi.unstubAllGlobals());

const entry = (name: string) => ({ name });

test('requests are counted by origin, and the browser is told to keep more than 250', async () => {
  const setResourceTimingBufferSize = vi.fn();
  const names = ['https://site.example/a.js', 'https://site.example/b.js', 'blob:https://site.example/1'];
  vi.stubGlobal('performance', { setResourceTimingBufferSize, getEntriesByType: () => names.map(entry) });
  vi.stubGlobal('navigator', {});
  keepRequests();
  expect(setResourceTimingBufferSize.mock.calls[0]![0]).toBeGreaterThan(250);
  expect([...(await gatherEvidence()).requests]).toEqual([
    ['https://site.example', 2],
    ['blob: (inside this page)', 1],
  ]);
});

test('only requests over the network to another origin are told', () => {
  const names = ['https://site.example/a.js', 'blob:https://site.example/1', 'data:,a', 'https://other.example/a.js'];
  vi.stubGlobal('location', { origin: 'https://site.example' });
  class Observer {
    constructor(readonly tell: (list: { getEntries: () => unknown }) => void) {}
    observe = () => this.tell({ getEntries: () => names.map(entry) });
  }
  vi.stubGlobal('PerformanceObserver', Observer);
  const onRequest = vi.fn();
  watchElsewhere(onRequest);
  expect(onRequest).toHaveBeenCalledTimes(1);
});

test('a file that cannot be had is told apart from one that was never fetched', async () => {
  const served = new Map([
    ['same.js', 'same'],
    ['other.js', 'changed'],
  ]);
  vi.stubGlobal('fetch', async (address: string) => {
    if (address === 'offline.js') throw new TypeError('network');
    return new Response(served.get(address) ?? null, { status: served.has(address) ? 200 : 404 });
  });
  const file = (path: string, text: string) => ({
    ...{ path, bytes: text.length, sha256: createHash('sha256').update(text).digest('hex') },
  });
  const files = [file('same.js', 'same'), file('other.js', 'as it was'), file('gone.js', 'x'), file('offline.js', 'x')];
  const checks: FileCheck[] = [];
  await checkFiles(
    { id: '', version: '', shell: [], files: [...files, file('models/a/weights.bin', 'x')] },
    (path) => path,
    (path) => !path.startsWith('models/'),
    (check) => checks.push(check),
  );
  expect(checks.map(({ verdict }) => verdict)).toEqual(['same', 'different', 'unreadable', 'unreadable', 'absent']);
});
