import { gzipSync } from 'node:zlib';
import { afterEach, expect, test, vi } from 'vitest';
import { PipelineFailure } from '../domain/errors';
import { addressing } from '../domain/programFiles';

vi.mock('virtual:opencv.js.gz', () => ({ default: 'assets/opencv-1.bin' }));
vi.mock('@jsquash/webp/codec/dec/webp_dec.wasm?url', () => ({ default: 'assets/webp-1.wasm' }));
const { assetSource, modelSource } = await import('./fetchFiles');

const beside = (pageUrl: string) => addressing({ pageUrl, inside: new Map() });
const site = beside('https://site.example/');

/** Answers like a static host; remembers what it was asked for. */
function host(answer: (url: string) => Response) {
  const asked: string[] = [];
  vi.stubGlobal('fetch', (url: string) => {
    asked.push(url);
    return Promise.resolve().then(() => answer(url));
  });
  return asked;
}

const binary = (bytes: Uint8Array<ArrayBuffer> | string, type = 'application/octet-stream') =>
  new Response(bytes, { headers: { 'content-type': type } });
const noProgress = () => Promise.resolve();
const text = new TextEncoder().encode('program '.repeat(1000));

afterEach(() => vi.unstubAllGlobals());

test('a gzipped program arrives inflated, and one that the host inflated already arrives as it is', async () => {
  host(() => binary(new Uint8Array(gzipSync(text))));
  expect(await assetSource(site)('opencv')).toEqual(text);
  host(() => binary(text));
  expect(await assetSource(site)('opencv')).toEqual(text);
});

test('a program that is missing, cut off, or replaced by a page is named', async () => {
  const cut = new Uint8Array(gzipSync(text).subarray(0, 40));
  const answers = [
    () => new Response('gone', { status: 404 }),
    () => binary(cut),
    () => binary('<!doctype html>', 'text/html'),
  ];
  for (const answer of answers) {
    host(answer);
    await expect(assetSource(site)('opencv')).rejects.toMatchObject({ error: { code: 'program-unreachable' } });
  }
});

test('models lie beside the page, wherever the page lies', async () => {
  const asked = host(() => binary('{}', 'application/json'));
  await modelSource(beside('https://site.example/deep/er/index.html'), 'some-id', noProgress)('manifest.json');
  await modelSource(beside('https://site.example/deep/er/'), 'some-id', noProgress)('weights.bin');
  expect(asked).toEqual([
    'https://site.example/deep/er/models/some-id/manifest.json',
    'https://site.example/deep/er/models/some-id/weights.bin',
  ]);
});

test('every byte of a model’s file is counted as it arrives', async () => {
  host(() => binary(text));
  const seen: number[] = [];
  const source = modelSource(site, 'some-id', async (byteCount) => void seen.push(byteCount));
  expect(await source('weights.bin')).toEqual(text);
  expect(seen.reduce((sum, count) => sum + count, 0)).toBe(text.length);
});

test('a model’s file that is missing, unreachable, or replaced by a page is named', async () => {
  const answers = [
    () => new Response('gone', { status: 404 }),
    () => binary('<!doctype html>', 'text/html; charset=utf-8'),
    () => {
      throw new TypeError('Failed to fetch');
    },
  ];
  for (const answer of answers) {
    host(answer);
    await expect(modelSource(site, 'some-id', noProgress)('model.json')).rejects.toMatchObject({
      error: { code: 'model-unreachable', modelId: 'some-id', file: 'model.json' },
    });
  }
});

test('a cancelled download ends as cancelled, not as unreachable', async () => {
  host(() => binary(text));
  const cancelled = () => Promise.reject(new PipelineFailure({ code: 'cancelled' }));
  const download = modelSource(site, 'some-id', cancelled)('weights.bin');
  await expect(download).rejects.toMatchObject({ error: { code: 'cancelled' } });
});
