import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { fitSize, resample, resampleWeights } from './resample';

/** `training/metsight/recipe_goldens.py` wrote it. */
const golden: { from: [number, number]; to: [number, number]; values: number[]; resampled: number[] }[] = JSON.parse(
  readFileSync('training/golden/recipe/resample.json', 'utf8'),
);

describe('resample', () => {
  test.each(golden)('gives what Python gives, to the last bit: $from to $to', ({ from, to, values, resampled }) => {
    expect([...resample(values, ...from, ...to)]).toEqual(resampled);
  });

  test('enlarges linearly between the centres and keeps the edge', () => {
    expect([...resample([0, 8], 1, 2, 1, 4)]).toEqual([0, 2, 6, 8]);
  });

  test('reduces by a triangle as wide as two target pixels', () => {
    // Centre of the left target pixel is 1; distances 0.5 0.5 1.5 of a support of 2 weigh 3 3 1.
    expect(resample([7, 7, 0, 0], 1, 4, 1, 2)[0]).toBeCloseTo((7 * 6) / 7, 12);
  });

  test('leaves a picture of the asked size as it is', () => {
    expect([...resample([3, 1, 4, 1, 5, 9], 2, 3, 2, 3)]).toEqual([3, 1, 4, 1, 5, 9]);
  });

  test('keeps rows and columns apart', () => {
    expect([...resample([1, 2, 3, 4], 2, 2, 4, 2)]).toEqual([1, 2, 1.5, 2.5, 2.5, 3.5, 3, 4]);
  });

  test('refuses values that do not fill the picture', () => {
    expect(() => resample([1, 2, 3], 2, 2, 4, 4)).toThrow('must have 4 values. Received 3');
  });
});

describe('resampleWeights', () => {
  test.each([
    [1, 1],
    [1, 9],
    [9, 1],
    [256, 513],
    [700, 256],
    [33, 40],
  ])('of %i to %i sum to 1 and stay inside the source', (source, target) => {
    const taps = resampleWeights(source, target);
    expect(taps).toHaveLength(target);
    for (const { first, weights } of taps) {
      expect(weights.reduce((a, b) => a + b)).toBeCloseTo(1, 12);
      expect(first).toBeGreaterThanOrEqual(0);
      expect(first + weights.length).toBeLessThanOrEqual(source);
    }
  });
});

describe('fitSize', () => {
  test.each([
    { rows: 256, cols: 256, fitted: { rows: 256, cols: 256 } },
    { rows: 512, cols: 400, fitted: { rows: 256, cols: 200 } },
    { rows: 100, cols: 300, fitted: { rows: 85, cols: 256 } },
    { rows: 33, cols: 40, fitted: { rows: 211, cols: 256 } },
    { rows: 1, cols: 4000, fitted: { rows: 1, cols: 256 } },
  ])('of $rows × $cols in a square of 256', ({ rows, cols, fitted }) => {
    expect(fitSize(rows, cols, 256)).toEqual(fitted);
  });
});
