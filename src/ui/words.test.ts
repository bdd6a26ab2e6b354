import { expect, test } from 'vitest';
import { ijk, type Grid } from '../domain/grid';
import type { Lesion } from '../domain/volume';
import { slicingOf } from '../display/slicing';
import { fileText, placeText, resultText, sliceText, stepText, timeLeftText } from './words';

const lesion = (voxelCount: number, centroid: [number, number, number], slices: [number, number] = [0, 0]): Lesion => ({
  id: 1,
  voxelCount,
  centroid: ijk(...centroid),
  meanProbability: 0.8,
  maxProbability: 0.9,
  slices,
  extent: undefined,
});
const rule = { threshold: 0.5, minVoxelCount: 1 };
/** As this machine's locale writes it: the sentences are tested, not the commas. */
const two = (value: number) => value.toLocaleString(undefined, { minimumFractionDigits: 2 });
const one = (value: number) => value.toLocaleString(undefined, { minimumFractionDigits: 1, maximumFractionDigits: 1 });
const highest = { probability: 0.31, place: [3, 4, 40] } as const;
const pixels = (sliceCount: number): Grid => ({ dims: [256, 256, sliceCount], space: { kind: 'pixels' } });
/** Slices count from the feet, and are stored from the head. */
const volume: Grid = {
  dims: [256, 256, 155],
  space: { kind: 'patient', affine: [[-1, 0, 0, 0], [0, -1, 0, 0], [0, 0, -2, 0]] }, // prettier-ignore
};
const nothing = { lesions: [], rejectedCount: 0, rule, highest };

test('nothing found is said with how sure the network came to be', () => {
  expect(resultText({ ...nothing, grid: pixels(1) })).toBe(
    `No lesion found at or above ${two(0.5)}. Highest probability ${two(0.31)}.`,
  );
});

test('in a stack the slice with the highest probability is named, counted from 1', () => {
  expect(resultText({ ...nothing, grid: pixels(155) })).toBe(
    `No lesion found at or above ${two(0.5)}. Highest probability ${two(0.31)}, slice 41.`,
  );
});

test('where the size left lesions out, the size is said', () => {
  const left = { ...nothing, rule: { threshold: 0.5, minVoxelCount: 20 }, highest: { ...highest, probability: 0.97 } };
  expect(resultText({ ...left, grid: pixels(1) })).toBe(
    `No lesion of at least 20 pixels found at or above ${two(0.5)}. Highest probability ${two(0.97)}.`,
  );
  expect(resultText({ ...left, grid: volume })).toBe(
    `No lesion of at least 40 mm³ found at or above ${two(0.5)}. Highest probability ${two(0.97)}, slice 115.`,
  );
});

test('what is found is counted and summed', () => {
  const pair = [lesion(312, [10, 10, 0]), lesion(8, [5, 5, 0])];
  expect(resultText({ ...nothing, lesions: pair, grid: pixels(1) })).toBe('2 lesions found, 320 pixels in all.');
  expect(resultText({ ...nothing, lesions: [lesion(1, [5, 5, 0])], grid: pixels(1) })).toBe('1 lesion found, 1 pixel.');
  expect(resultText({ ...nothing, lesions: pair, rejectedCount: 1, grid: volume })).toBe(
    `2 lesions found, ${two(0.64)} mL in all. 1 rejected.`,
  );
  expect(resultText({ ...nothing, rejectedCount: 2, grid: volume })).toBe('No lesion left: 2 rejected.');
});

test('a place is said as one would point to it', () => {
  expect(placeText([10, 50], [100, 100])).toBe('left of the middle');
  expect(placeText([80, 10], [100, 100])).toBe('above and right of the middle');
  expect(placeText([50, 90], [100, 100])).toBe('below the middle');
  expect(placeText([52, 48], [100, 100])).toBe('in the middle');
});

test('a picture describes the slice it shows, not the others', () => {
  const stack = [lesion(312, [20, 128, 40], [38, 42]), lesion(8, [200, 128, 10], [10, 10])];
  const slicing = slicingOf(pixels(155));
  expect(sliceText({ k: 40, slicing, lesions: stack })).toBe(
    'Slice 41 of 155, 256 by 256 pixels, 1 lesion of 312 voxels, left of the middle',
  );
  expect(sliceText({ k: 0, slicing, lesions: stack })).toMatch(/no lesion$/);
  expect(sliceText({ k: 0, slicing: slicingOf(pixels(1)), lesions: undefined })).toMatch(/not segmented$/);
});

test('in a volume, lesions are where they are looked at, in millimetres', () => {
  const extent = {
    volumeMm3: 624,
    longestDiameterMm: 21,
    perpendicularDiameterMm: 17.25,
    diameterSlice: 114,
    centroidRas: [0, 0, 0],
    isMeasurable: true,
  } as const;
  const found = [{ ...lesion(312, [20, 128, 114], [112, 116]), extent }];
  expect(sliceText({ k: 40, slicing: slicingOf(volume), lesions: found })).toBe(
    `Slice 41 of 155, 256 by 256 pixels, 1 lesion of ${one(21)} by ${one(17.3)} mm, left of the middle`,
  );
  expect(sliceText({ k: 114, slicing: slicingOf(volume), lesions: found })).toMatch(/no lesion$/);
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
