import { expect, test } from 'vitest';
import { smallestRange, steppedSmallest, steppedThreshold } from './ruleRanges';

const picture = (width: number, height: number) => ({ dims: [width, height, 1], space: { kind: 'pixels' } }) as const;

test('a key moves the threshold to the next round number', () => {
  expect(steppedThreshold(0.5, 1)).toBe(0.55);
  expect(steppedThreshold(0.5, -1)).toBe(0.45);
  expect(steppedThreshold(0.37, 1)).toBe(0.4);
  expect(steppedThreshold(0.37, -1)).toBe(0.35);
});

test('twelve steps up and twelve down from 0.3 come back to 0.3', () => {
  let threshold = 0.3;
  for (let n = 0; n < 12; n++) threshold = steppedThreshold(threshold, 1);
  expect(threshold).toBe(0.9);
  for (let n = 0; n < 12; n++) threshold = steppedThreshold(threshold, -1);
  expect(threshold).toBe(0.3);
});

test('the threshold stays above 0 and below 1', () => {
  expect(steppedThreshold(0.97, 1)).toBe(0.99);
  expect(steppedThreshold(0.03, -1)).toBe(0.01);
});

test('the smallest lesion goes as far in a large picture as in a small one, by area', () => {
  expect(smallestRange(picture(256, 200)).max).toBe(300);
  expect(smallestRange(picture(512, 512)).max).toBe(1200);
  expect(smallestRange(picture(40, 40)).max).toBeGreaterThanOrEqual(50);
});

test('a key moves the smallest lesion by a few pixels, down to 1', () => {
  const range = smallestRange(picture(256, 256));
  expect(steppedSmallest(10, 1, range)).toBe(15);
  expect(steppedSmallest(3, -1, range)).toBe(1);
  expect(steppedSmallest(299, 1, range)).toBe(300);
});

test('of a volume the smallest lesion is in mm³, whatever its voxels', () => {
  const affine = [[0.5, 0, 0, 0], [0, 0.5, 0, 0], [0, 0, 5, 0]] as const; // prettier-ignore
  const range = smallestRange({ dims: [512, 512, 30], space: { kind: 'patient', affine } });
  expect(range).toEqual({ min: 1, max: 500, step: 1 });
  expect(steppedSmallest(56.25, 1, range)).toBe(64);
});
