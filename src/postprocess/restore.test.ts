import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Dims } from '../domain/grid';
import type { Placement } from '../domain/network';
import { restore } from './restore';

/** Pictures of `plane`'s size and more around it: `window` is where their first pixel lies. */
const placementOf = (
  [cols, rows, slices]: Dims,
  plane: Placement['plane'],
  ...windows: { top: number; left: number }[]
): Placement => ({
  sourceGrid: { dims: [cols, rows, slices], space: { kind: 'pixels' } },
  frame: { axes: [0, 1, 2], isFlipped: [false, false, false], plane: 'none' },
  plane,
  windows,
  slices: [...Array(slices).keys()],
});

/** `training/metsight/recipe_goldens.py` wrote it. */
const { cases }: { cases: { name: string; rows: number; cols: number; restoredSha256: string }[] } = JSON.parse(
  readFileSync('training/golden/recipe/index.json', 'utf8'),
);

/** `answer` of recipe_goldens.py. */
const answer = Float32Array.from({ length: 256 * 256 }, (_, n) => {
  const x = n % 256;
  const y = Math.floor(n / 256);
  return ((y * 31 + x * 17 + x * y) % 256) / 256;
});

describe('restore', () => {
  test.each(cases)(
    'gives $name the probabilities Python gives it, to the last bit',
    ({ rows, cols, restoredSha256 }) => {
      const fit = (side: number) => Math.max(1, Math.floor((side * 256) / Math.max(rows, cols) + 0.5));
      const plane = { rows: fit(rows), cols: fit(cols) };
      const window = { top: -Math.floor((256 - plane.rows) / 2), left: -Math.floor((256 - plane.cols) / 2) };
      const placement = placementOf([cols, rows, 1], plane, window);
      const { probabilities } = restore({ shape: [1, 256, 256], values: answer }, placement);
      expect(createHash('sha256').update(probabilities).digest('hex')).toBe(restoredSha256);
    },
  );

  test('of a slice of the network’s own size is the answer itself', () => {
    const placement = placementOf([256, 256, 1], { rows: 256, cols: 256 }, { top: 0, left: 0 });
    expect(restore({ shape: [1, 256, 256], values: answer }, placement).probabilities).toEqual(answer);
  });

  test('cuts the padding off each slice', () => {
    const values = Float32Array.of(9, 9, 1, 2, 3, 4, 9, 9, 9, 9, 5, 6, 7, 8, 9, 9);
    const placement = placementOf([2, 2, 2], { rows: 2, cols: 2 }, { top: -1, left: 0 });
    expect([...restore({ shape: [2, 4, 2], values }, placement).probabilities]).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });

  test('enlarges linearly, within the range of the answer', () => {
    const placement = placementOf([4, 1, 1], { rows: 1, cols: 2 }, { top: 0, left: -1 });
    const map = restore({ shape: [1, 1, 3], values: Float32Array.of(9, 0, 1) }, placement);
    expect([...map.probabilities]).toEqual([0, 0.25, 0.75, 1]);
    expect(map.grid).toBe(placement.sourceGrid);
  });

  test('blends windows linearly where they overlap, and leaves 0 where none lies', () => {
    // Columns 1 to 4 and 3 to 6 of eight: both weigh 1.5 and 0.5 in their last two, 0.5 and 1.5 in their first two.
    const placement = placementOf([8, 1, 1], { rows: 1, cols: 8 }, { top: 0, left: 1 }, { top: 0, left: 3 });
    const values = Float32Array.of(1, 1, 1, 1, 0, 0, 0, 0.5);
    const map = restore({ shape: [2, 1, 4], values }, placement);
    expect([...map.probabilities]).toEqual([0, 1, 1, 0.75, 0.25, 0, 0.5, 0]);
  });

  test('gives slices without a picture the probability 0', () => {
    const placement = { ...placementOf([1, 1, 3], { rows: 1, cols: 1 }, { top: 0, left: 0 }), slices: [1] };
    expect([...restore({ shape: [1, 1, 1], values: Float32Array.of(0.5) }, placement).probabilities]).toEqual([
      0, 0.5, 0,
    ]);
    const air = { ...placement, windows: [], slices: [] };
    expect([...restore({ shape: [0, 1, 1], values: new Float32Array() }, air).probabilities]).toEqual([0, 0, 0]);
  });

  test('turns slices back to the order in which the volume is stored', () => {
    // Columns along j, rows along k, slices along i, columns and slices against their axes.
    const placement: Placement = {
      ...placementOf([2, 3, 1], { rows: 1, cols: 3 }, { top: 0, left: 0 }),
      frame: { axes: [1, 2, 0], isFlipped: [true, false, true], plane: 'sagittal' },
      slices: [0, 1],
    };
    const map = restore({ shape: [2, 1, 3], values: Float32Array.of(1, 2, 3, 4, 5, 6) }, placement);
    expect([...map.probabilities]).toEqual([6, 3, 5, 2, 4, 1]);
  });

  test('refuses pictures that are not of this placement', () => {
    const placement = placementOf([2, 2, 2], { rows: 2, cols: 2 }, { top: -1, left: 0 });
    expect(() => restore({ shape: [1, 4, 2], values: new Float32Array(8) }, placement)).toThrow(RangeError);
    expect(() => restore({ shape: [2, 4, 2], values: new Float32Array(8) }, placement)).toThrow(RangeError);
  });
});
