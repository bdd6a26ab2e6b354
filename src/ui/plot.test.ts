import { expect, test } from 'vitest';
import { frocAt, linear, linePath, rooted, ticks } from './plot';

test('scales put ends on ends; roots give more room to what is near 0', () => {
  expect([0, 5, 10].map(linear([0, 10], [100, 0]))).toEqual([100, 50, 0]);
  expect([0, 1, 4, 9].map(rooted(4, [0, 10]))).toEqual([0, 5, 10, 10]);
});

test('ticks that would lie on each other are left out', () => {
  expect(ticks([0, 0.1, 1, 4], rooted(4, [0, 100]), 20).map(({ at }) => at)).toEqual([0, 50, 100]);
});

test('a path goes through its points', () => {
  expect(linePath([[0, 1], [2.25, 3]])).toBe('M0.0 1.0L2.3 3.0'); // prettier-ignore
  expect(linePath([])).toBe('');
});

test('between two measured thresholds the curve is a straight line; beyond them it ends', () => {
  const points = [
    { threshold: 0.4, sensitivity: 0.8, falsePositivesPerSlice: 0.2 },
    { threshold: 0.2, sensitivity: 1, falsePositivesPerSlice: 0.6 },
  ];
  expect(frocAt(points, 0.3)).toEqual({
    threshold: 0.3,
    sensitivity: expect.closeTo(0.9),
    falsePositivesPerSlice: expect.closeTo(0.4),
  });
  expect(frocAt(points, 0.4).sensitivity).toBe(0.8);
  expect(frocAt(points, 0.9).sensitivity).toBe(0.8);
  expect(frocAt(points, 0.1).sensitivity).toBe(1);
});
