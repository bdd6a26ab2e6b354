import { expect, test } from 'vitest';
import { ijk } from '../domain/grid';
import type { Lesion } from '../domain/volume';
import { fileText, placeText, resultText, sliceText, stepText, timeLeftText } from './words';

const lesion = (voxelCount: number, centroid: [number, number, number], slices: [number, number] = [0, 0]): Lesion => ({
  id: 1,
  voxelCount,
  centroid: ijk(...centroid),
  meanProbability: 0.8,
  maxProbability: 0.9,
  slices,
});
const rule = { threshold: 0.5, minVoxelCount: 1 };
/** As this machine's locale writes it: the sentences are tested, not the commas. */
const two = (value: number) => value.toLocaleString(undefined, { minimumFractionDigits: 2 });
const one = (value: number) => value.toLocaleString(undefined, { minimumFractionDigits: 1 });
const highest = { probability: 0.31, k: 40 };

test('nothing found is said with how sure the network came to be', () => {
  expect(resultText({ lesions: [], rule, highest, sliceCount: 1 })).toBe(
    `No lesion found above ${two(0.5)}. Highest probability ${two(0.31)}.`,
  );
});

test('in a stack the slice with the highest probability is named, counted from 1', () => {
  expect(resultText({ lesions: [], rule, highest, sliceCount: 155 })).toBe(
    `No lesion found above ${two(0.5)}. Highest probability ${two(0.31)}, slice 41.`,
  );
});

test('where the size left lesions out, the size is said', () => {
  const left = { lesions: [], rule: { threshold: 0.5, minVoxelCount: 20 }, highest: { probability: 0.97, k: 0 } };
  expect(resultText({ ...left, sliceCount: 1 })).toBe(
    `No lesion of at least 20 pixels found above ${two(0.5)}. Highest probability ${two(0.97)}.`,
  );
});

test('what is found is counted and summed', () => {
  const pair = [lesion(312, [10, 10, 0]), lesion(8, [5, 5, 0])];
  expect(resultText({ lesions: pair, rule, highest, sliceCount: 1 })).toBe('2 lesions found, 320 pixels in all.');
  expect(resultText({ lesions: [lesion(1, [5, 5, 0])], rule, highest, sliceCount: 1 })).toBe(
    '1 lesion found, 1 pixel.',
  );
});

test('a place is said as one would point to it', () => {
  expect(placeText([10, 50], [100, 100])).toBe('left of the middle');
  expect(placeText([80, 10], [100, 100])).toBe('above and right of the middle');
  expect(placeText([50, 90], [100, 100])).toBe('below the middle');
  expect(placeText([52, 48], [100, 100])).toBe('in the middle');
});

test('a picture describes the slice it shows, not the others', () => {
  const size = [256, 256] as const;
  const stack = [lesion(312, [20, 128, 40], [38, 42]), lesion(8, [200, 128, 10], [10, 10])];
  expect(sliceText({ k: 40, sliceCount: 155, size, lesions: stack })).toBe(
    'Slice 41 of 155, 256 by 256 pixels, 1 lesion of 312 voxels, left of the middle',
  );
  expect(sliceText({ k: 0, sliceCount: 155, size, lesions: stack })).toMatch(/no lesion$/);
  expect(sliceText({ k: 0, sliceCount: 1, size, lesions: undefined })).toMatch(/not segmented$/);
});

test('steps are named with how far they are, where there is more than one', () => {
  expect(stepText({ stage: 'infer', done: 40, total: 155 })).toBe('segmenting 40 of 155');
  expect(stepText({ stage: 'infer', done: 0, total: 1 })).toBe('segmenting');
  expect(stepText({ stage: 'download', done: 1_200_000, total: 4_400_000 })).toBe(
    `fetching ${one(1.2)} MB of ${one(4.4)} MB`,
  );
});

test('the time left is said once it can be known', () => {
  expect(timeLeftText(1, 100, 5000)).toBe('');
  expect(timeLeftText(10, 100, 5000)).toBe('about 45 s left');
  expect(timeLeftText(10, 100, 50_000)).toBe('about 8 min left');
});

test('a file of the list says what was found, by whichever networks have answered', () => {
  expect(fileText('failed', [])).toBe('cannot be read');
  expect(fileText('ready', [])).toBe('');
  expect(fileText('closed', [1])).toBe('1 lesion');
  expect(fileText('ready', [3, 2])).toBe('3 and 2 lesions');
});
