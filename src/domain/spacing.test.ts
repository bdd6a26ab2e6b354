import { expect, test } from 'vitest';
import type { Affine } from './grid';
import { sliceDistanceMm, spacingOf } from './spacing';

test('slices of an upright stack are as far apart as their step is long, whichever axis they lie along', () => {
  const affine: Affine = [[0, -0.9, 0, 5], [1.1, 0, 0, 6], [0, 0, 4, 7]]; // prettier-ignore
  ([0, 1, 2] as const).forEach((axis) =>
    expect(sliceDistanceMm(affine, axis)).toBeCloseTo(spacingOf(affine)[axis], 12),
  );
});

test('slices of a stack that leans are nearer than their step is long', () => {
  // The step of 5 mm leans by 3 mm: 4 mm along the normal.
  const affine: Affine = [[0.9, 0, 3, 0], [0, 1.1, 0, 0], [0, 0, 4, 0]]; // prettier-ignore
  expect(spacingOf(affine)[2]).toBe(5);
  expect(sliceDistanceMm(affine, 2)).toBeCloseTo(4, 12);
});
