import { expect, test } from 'vitest';
import { ijk, type Grid } from '../domain/grid';
import type { Lesion } from '../domain/volume';
import { Review } from './Review.svelte';
import { decide, onlyLesions, peaksOf, verdictsOf, withoutLesions, type Decision } from './decisions';

const probability = [0.1, 0.9, 0.4, 0.8, 0.1, 0.95, 0.1, 0.1];
const grid: Grid = { dims: [8, 1, 1], space: { kind: 'pixels' } };
const map = { grid, probabilities: Float32Array.from(probability) };
const maskOf = (line: string) => ({ grid, labels: Uint16Array.from(line, Number) });
const lesion = (id: number): Lesion => ({
  id,
  voxelCount: 1,
  centroid: ijk(0, 0, 0),
  meanProbability: 0,
  maxProbability: 0,
  slices: [0, 0],
  extent: undefined,
});
const network = 'nested-unet';

/** At 0.5 three lesions; at 0.3 the first two are one. */
const high = maskOf('01020300');
const low = maskOf('01110200');

const rejectSecond = decide([], network, lesion(2), { mask: high, map }, 'rejected');

test('the peak of a lesion is its voxel of highest probability', () => {
  expect([...peaksOf(low, map)]).toEqual([
    [1, 1],
    [2, 5],
  ]);
});

test('a verdict stays with its lesion when the threshold moves and the lesions are numbered anew', () => {
  expect([...verdictsOf(rejectSecond, network, maskOf('00010200'))]).toEqual([[1, 'rejected']]);
  expect([...verdictsOf(rejectSecond, network, maskOf('00022100'))]).toEqual([[2, 'rejected']]);
  expect([...verdictsOf(rejectSecond, network, maskOf('00000100'))]).toEqual([]);
  expect([...verdictsOf(rejectSecond, 'attention-unet', high)]).toEqual([]);
});

test('a rejected lesion never takes another one with it: grown together they are to be judged again', () => {
  expect([...verdictsOf(rejectSecond, network, low)]).toEqual([]);
  const both = decide(rejectSecond, network, lesion(1), { mask: high, map }, 'rejected');
  expect([...verdictsOf(both, network, low)]).toEqual([[1, 'rejected']]);
  const mixed = decide(rejectSecond, network, lesion(1), { mask: high, map }, 'accepted');
  expect([...verdictsOf(mixed, network, low)]).toEqual([]);
});

test('a new verdict takes the place of the old one, and can be taken back', () => {
  const accepted = decide(rejectSecond, network, lesion(2), { mask: high, map }, 'accepted');
  expect([...verdictsOf(accepted, network, high)]).toEqual([[2, 'accepted']]);
  expect(decide(accepted, network, lesion(2), { mask: high, map }, undefined)).toEqual([]);
});

test('rejected lesions leave the mask, the others keep their numbers', () => {
  expect([...withoutLesions(high.labels, new Set([2]))]).toEqual([0, 1, 0, 0, 0, 3, 0, 0]);
  expect([...onlyLesions(high.labels, new Set([2]))]).toEqual([0, 0, 0, 2, 0, 0, 0, 0]);
  expect(withoutLesions(high.labels, new Set())).toBe(high.labels);
});

test('decisions are undone and done again; a new one forgets what was undone', () => {
  const review = new Review();
  const [first, second] = [rejectSecond, [] as readonly Decision[]];
  review.record(first);
  review.record(second);
  review.undo();
  expect(review.decisions).toBe(first);
  review.redo();
  expect(review.decisions).toBe(second);
  expect(review.canRedo).toBe(false);
  review.undo();
  review.undo();
  expect(review.decisions).toEqual([]);
  expect(review.canUndo).toBe(false);
  review.undo();
  review.record(second);
  expect(review.canRedo).toBe(false);
});
