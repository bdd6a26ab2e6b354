import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { orderStatistic, windowToBytes } from './window';

/** `training/metsight/recipe_goldens.py` wrote it. */
const golden: { values: number[]; percent: number; expected: number }[] = JSON.parse(
  readFileSync('training/golden/recipe/order-statistic.json', 'utf8'),
);

describe('orderStatistic', () => {
  test.each(golden)('gives what numpy gives at $percent %', ({ values, percent, expected }) => {
    expect(orderStatistic(Float32Array.from(values), percent)).toBe(expected);
  });

  test('agrees with sorting, over many sizes and both signs', () => {
    for (let n = 1; n < 400; n += 13) {
      const values = Float32Array.from({ length: n }, (_, i) => (((i * 7919) % 1009) - 500.5) / 3);
      const sorted = values.toSorted();
      for (const percent of [0, 0.5, 25, 99.5, 100]) {
        expect(orderStatistic(values, percent)).toBe(sorted[Math.floor((percent / 100) * (n - 1))]);
      }
    }
  });

  test('counts neither zeros nor what is not finite', () => {
    const values = Float32Array.of(0, NaN, 5, -0, Infinity, 0, -Infinity, 4);
    expect(orderStatistic(values, 0)).toBe(4);
    expect(orderStatistic(values, 100)).toBe(5);
  });

  test('reads only the part of a buffer that the array covers', () => {
    expect(orderStatistic(Float32Array.of(9, 1, 2, 9).subarray(1, 3), 100)).toBe(2);
  });

  test('has no answer where nothing is counted', () => {
    expect(orderStatistic(Float32Array.of(0, NaN), 50)).toBeUndefined();
    expect(orderStatistic(new Float32Array(), 50)).toBeUndefined();
  });
});

describe('windowToBytes', () => {
  const all = { low: 0, high: 100 };

  test('spreads the window over 0 to 255, rounded half up', () => {
    expect([...windowToBytes(Float32Array.of(100, 151, 355), all)]).toEqual([0, 51, 255]);
    expect([...windowToBytes(Float32Array.of(10, 10.5, 520), all)]).toEqual([0, 0, 255]);
    expect([...windowToBytes(Float32Array.of(10, 11, 520), all)]).toEqual([0, 1, 255]);
  });

  test('divides before it multiplies: 25 / 50 · 255 is 127.5 and becomes 128, while 25 · (255 / 50) falls short of it', () => {
    expect([...windowToBytes(Float32Array.of(1, 26, 46, 51), all)]).toEqual([0, 128, 230, 255]);
  });

  test('clips what lies outside the window', () => {
    const values = Float32Array.from({ length: 101 }, (_, i) => i + 1);
    expect([...windowToBytes(values, { low: 10, high: 90 })].filter((byte) => byte === 0)).toHaveLength(11);
    expect([...windowToBytes(values, { low: 10, high: 90 })].filter((byte) => byte === 255)).toHaveLength(11);
  });

  test('makes air of NaN and infinities, whatever the window', () => {
    expect([...windowToBytes(Float32Array.of(NaN, 1, Infinity, 3, -Infinity), all)]).toEqual([0, 0, 0, 255, 0]);
  });

  test('makes two levels of a volume whose window holds one value', () => {
    expect([...windowToBytes(Float32Array.of(7, 0, 7, 8), { low: 0, high: 50 })]).toEqual([0, 0, 0, 255]);
    expect([...windowToBytes(Float32Array.of(0, 0), all)]).toEqual([0, 0]);
  });
});
