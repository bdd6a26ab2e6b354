import 'fake-indexeddb/auto';
import { createHash } from 'node:crypto';
import { afterEach, expect, test, vi } from 'vitest';
import type { Stage } from '../domain/errors';
import { addressing } from '../domain/programFiles';
import { browserStore } from '../storage/store';
import { forgetModels } from '../storage/weights';
import { ModelShelf } from './modelShelf';

vi.mock('virtual:opencv.js.gz', () => ({ default: '' }));
vi.mock('@jsquash/webp/codec/dec/webp_dec.wasm?url', () => ({ default: '' }));
vi.mock('../models/manifest', () => ({
  parseManifest: (bytes: Uint8Array) => JSON.parse(new TextDecoder().decode(bytes)) as unknown,
}));

const site = addressing({ pageUrl: 'https://site.example/app/', inside: new Map() });

const files: Record<string, Uint8Array<ArrayBuffer>> = {
  'model.json': new TextEncoder().encode('{}'),
  'weights.bin': new Uint8Array(3000).fill(7),
};
const manifest = {
  files: Object.entries(files).map(([path, bytes]) => ({
    path,
    bytes: bytes.length,
    sha256: createHash('sha256').update(bytes).digest('hex'),
  })),
};

const manifestBytes = new TextEncoder().encode(JSON.stringify(manifest));
const shelf = () =>
  new ModelShelf(site, browserStore, new Map([['some-id', createHash('sha256').update(manifestBytes).digest('hex')]]));

/** Gives bodies in pieces of at most 1000 bytes, as a network does. */
function serve() {
  vi.stubGlobal('fetch', async (url: string) => {
    const name = url.split('/').at(-1)!;
    const bytes = name === 'manifest.json' ? manifestBytes : files[name];
    if (!bytes) return new Response('', { status: 404 });
    let at = 0;
    const body = new ReadableStream({
      pull(controller) {
        if (at >= bytes.length) controller.close();
        else controller.enqueue(bytes.subarray(at, (at += 1000)));
      },
    });
    return new Response(body);
  });
}

afterEach(async () => {
  vi.unstubAllGlobals();
  await forgetModels();
});

test('progress counts the bytes that arrive, of all the files, up to the whole', async () => {
  serve();
  const seen: [Stage, number, number][] = [];
  const models = shelf();
  const read = await models.read('some-id', async (...told) => void seen.push(told));

  expect(read.files.get('weights.bin')).toEqual(files['weights.bin']);
  expect(new Set(seen.map(([stage, , total]) => `${stage} ${total}`))).toEqual(new Set(['download 3002']));
  const done = seen.map(([, bytes]) => bytes);
  expect(done).toEqual([...done].sort((a, b) => a - b));
  expect(done).toContain(2002);
  expect(done.at(-1)).toBe(3002);
  expect(models.origin('some-id')).toEqual({ from: 'network', isStored: true });
});

test('the second time it comes from this computer, also with the network gone', async () => {
  serve();
  await shelf().read('some-id', async () => undefined);
  vi.stubGlobal('fetch', () => Promise.reject(new TypeError('Failed to fetch')));

  const models = shelf();
  const { files: kept } = await models.read('some-id', async () => undefined);

  expect(kept.get('weights.bin')).toEqual(files['weights.bin']);
  expect(models.origin('some-id')).toEqual({ from: 'storage', isStored: true });
});

test('a model that did not come with the program is not asked for', async () => {
  vi.stubGlobal('fetch', () => expect.unreachable());
  await expect(shelf().read('nobody', async () => undefined)).rejects.toMatchObject({
    error: { code: 'model-unknown', modelId: 'nobody', known: ['some-id'] },
  });
});
