import { expect, test } from 'vitest';
import type { Affine, Dims } from './grid';
import { sliceFrameOf } from './sliceFrame';

const axes = [0, 1, 2] as const;
const orders = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] as const; // prettier-ignore
const flips = Array.from({ length: 8 }, (_, n) => axes.map((axis) => (n & (1 << axis) ? -1 : 1)));

/** A head stored so that grid axis a runs along body axis order[a], to its positive end where sign[a] is 1. */
function stored(spacing: readonly number[], order: readonly number[], sign: readonly number[]) {
  const row = (ras: number) =>
    [...axes.map((axis) => (order[axis] === ras ? sign[axis]! * spacing[ras]! : 0)), 0] as never as Affine[number];
  return {
    dims: order.map((ras) => [20, 24, 28][ras]!) as never as Dims,
    space: { kind: 'patient', affine: [row(0), row(1), row(2)] },
  } as const;
}

const planes = [
  { plane: 'axial', spacing: [1, 1, 5], cols: 0, rows: 1, slices: 2 },
  { plane: 'coronal', spacing: [1, 5, 1], cols: 0, rows: 2, slices: 1 },
  { plane: 'sagittal', spacing: [5, 1, 1], cols: 1, rows: 2, slices: 0 },
  { plane: 'axial', spacing: [1, 1, 1.2], cols: 0, rows: 1, slices: 2 },
  { plane: 'axial', spacing: [1.2, 1, 1], cols: 0, rows: 1, slices: 2 },
] as const;

test.each(planes)('$plane slices of $spacing mm look the same in all 48 orders of storage', (expected) => {
  for (const order of orders) {
    for (const sign of flips) {
      const frame = sliceFrameOf(stored(expected.spacing, order, sign));
      expect(frame.plane).toBe(expected.plane);
      expect(frame.axes.map((axis) => order[axis])).toEqual([expected.cols, expected.rows, expected.slices]);
      // Left, posterior and inferior are the ends a column and a row run to; slices count upwards.
      const ends = frame.axes.map((axis, n) => sign[axis]! * (frame.isFlipped[n] ? -1 : 1));
      expect(ends).toEqual([-1, -1, 1]);
    }
  }
});

/** Also within what float32 makes of it. */
test.each([0, 1e-7, -1e-7])(
  'at 45° between two body axes the order of storage chooses nothing (cosines %d off)',
  (off) => {
    const near = Math.SQRT1_2 + off;
    for (const steps of [
      [
        [near, Math.SQRT1_2, 0],
        [-Math.SQRT1_2, near, 0],
        [0, 0, 3],
      ],
      [
        [1, 0, 0],
        [0, near, Math.SQRT1_2],
        [0, -Math.SQRT1_2, near],
      ],
      [
        [near, 0, -Math.SQRT1_2],
        [0, 1.4, 0],
        [Math.SQRT1_2, 0, near],
      ],
    ]) {
      // prettier-ignore
      const looks = orders.flatMap((order) =>
      flips.map((sign) => {
        const own = order.map((from, axis) => steps[from]!.map((mm) => sign[axis]! * mm));
        const affine = axes.map((ras) => [...own.map((step) => step[ras]!), 0]) as never as Affine;
        const frame = sliceFrameOf({ dims: [20, 20, 20], space: { kind: 'patient', affine } });
        // Where a column, a row and a slice of the picture go, in the patient.
        const ends = frame.axes.map((axis, n) => own[axis]!.map((mm) => (frame.isFlipped[n] ? -mm : mm) + 0));
        return JSON.stringify([frame.plane, ends]);
      }),
    );
      expect([...new Set(looks)]).toHaveLength(1);
    }
  },
);

/** The same three in `training/tests/test_volumes.py`. */
test.each([
  [
    [
      [1, -1, 0],
      [1, 1, 0],
      [0, 0, 3],
    ],
    [0, 1, 2],
    [true, true, false],
  ],
  [
    [
      [-1, 1, 0],
      [1, 1, 0],
      [0, 0, 3],
    ],
    [1, 0, 2],
    [true, true, false],
  ],
  [
    [
      [3, 0, 0],
      [0, 1, -1],
      [0, 1, 1],
    ],
    [1, 2, 0],
    [true, true, false],
  ],
] as const)('at 45° its twin in Python chooses the same: %j', (rows, order, isFlipped) => {
  // prettier-ignore
  const affine = rows.map((row) => [...row, 0]) as never as Affine;
  expect(sliceFrameOf({ dims: [20, 20, 20], space: { kind: 'patient', affine } })).toMatchObject({
    axes: order,
    isFlipped,
  });
});

test('a single slice is looked at as what it is, whatever its thickness', () => {
  const grid = stored([1, 1, 0.1], [0, 1, 2], [1, 1, 1]);
  expect(sliceFrameOf({ ...grid, dims: [1, 24, 28] }).plane).toBe('sagittal');
});

test('a picture is taken as it lies', () => {
  expect(sliceFrameOf({ dims: [3, 4, 5], space: { kind: 'pixels' } })).toMatchObject({
    axes: [0, 1, 2],
    isFlipped: [false, false, false],
  });
});
