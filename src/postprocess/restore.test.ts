import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Placement } from '../domain/network';
import { restore } from './restore';

const placementOf = (cols: number, rows: number, slices: number, content: Placement['content']): Placement => ({
  sourceGrid: { dims: [cols, rows, slices], space: { kind: 'pixels' } },
  content,
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
      const content = {
        top: Math.floor((256 - fit(rows)) / 2),
        left: Math.floor((256 - fit(cols)) / 2),
        rows: fit(rows),
        cols: fit(cols),
      };
      const { probabilities } = restore({ shape: [1, 256, 256], values: answer }, placementOf(cols, rows, 1, content));
      expect(createHash('sha256').update(probabilities).digest('hex')).toBe(restoredSha256);
    },
  );

  test('of a slice of the network’s own size is the answer itself', () => {
    const content = { top: 0, left: 0, rows: 256, cols: 256 };
    const map = restore({ shape: [1, 256, 256], values: answer }, placementOf(256, 256, 1, content));
    expect(map.probabilities).toEqual(answer);
  });

  test('cuts the padding off each slice', () => {
    const values = Float32Array.of(9, 9, 1, 2, 3, 4, 9, 9, 9, 9, 5, 6, 7, 8, 9, 9);
    const placement = placementOf(2, 2, 2, { top: 1, left: 0, rows: 2, cols: 2 });
    expect([...restore({ shape: [2, 4, 2], values }, placement).probabilities]).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });

  test('enlarges linearly, within the range of the answer', () => {
    const placement = placementOf(4, 1, 1, { top: 0, left: 1, rows: 1, cols: 2 });
    const map = restore({ shape: [1, 1, 3], values: Float32Array.of(9, 0, 1) }, placement);
    expect([...map.probabilities]).toEqual([0, 0.25, 0.75, 1]);
    expect(map.grid).toBe(placement.sourceGrid);
  });

  test('refuses slices that are not of this placement', () => {
    const placement = placementOf(2, 2, 2, { top: 1, left: 0, rows: 2, cols: 2 });
    expect(() => restore({ shape: [1, 4, 2], values: new Float32Array(8) }, placement)).toThrow(RangeError);
    expect(() => restore({ shape: [2, 2, 2], values: new Float32Array(8) }, placement)).toThrow(RangeError);
  });
});
