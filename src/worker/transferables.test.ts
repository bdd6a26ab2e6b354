import { expect, test } from 'vitest';
import type { Reply } from './protocol';
import { transferables } from './transferables';

const done = (name: string, output: unknown) => ({ kind: 'done', jobId: 1, name, output }) as Reply;

test('the large arrays of a reply change hands', () => {
  const intensities = new Float32Array(8);
  expect(transferables(done('decode', { volume: { intensities } }))).toEqual([intensities.buffer]);
  const labels = new Uint16Array(8);
  expect(transferables(done('delineate', { mask: { labels } }))).toEqual([labels.buffer]);
  const probabilities = new Float32Array(8);
  const partial = { slice: 0, rows: 2, cols: 4, probabilities };
  const progress = { kind: 'progress', jobId: 1, stage: 'infer', done: 0, total: 1 } as const;
  expect(transferables({ ...progress, partial })).toEqual([probabilities.buffer]);
  expect(transferables(progress)).toEqual([]);
});

test('a view into a larger buffer is copied: the rest of it may be in use', () => {
  expect(transferables(done('equalize', { equalized: new Uint8Array(16).subarray(4, 8) }))).toEqual([]);
});

test('small replies and failures are copied', () => {
  expect(transferables(done('stored', { bytes: 1, modelIds: [] }))).toEqual([]);
  expect(transferables({ kind: 'failed', jobId: 1, error: { code: 'worker-lost' } })).toEqual([]);
});
