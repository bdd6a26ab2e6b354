import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { Dims, Grid } from '../domain/grid';
import { delineate } from './delineate';

/** `training/metsight/recipe_goldens.py` wrote it, with scipy.ndimage.label. */
const golden: {
  shape: [slices: number, rows: number, cols: number];
  minVoxelCount: number;
  lesion: number[];
  labels: number[];
}[] = JSON.parse(readFileSync('training/golden/recipe/components.json', 'utf8'));

const gridOf = (...dims: Dims): Grid => ({ dims, space: { kind: 'pixels' } });

/** One slice, written out; probabilities in tenths. */
function delineateRows(rows: number[][], rule = { threshold: 0.5, minVoxelCount: 1 }): number[][] {
  const cols = rows[0]!.length;
  const probabilities = Float32Array.from(rows.flat(), (tenths) => tenths / 10);
  const { labels } = delineate({ grid: gridOf(cols, rows.length, 1), probabilities }, rule);
  return rows.map((_, row) => [...labels.slice(row * cols, (row + 1) * cols)]);
}

describe('delineate', () => {
  test.each(golden)('finds the components scipy finds in $shape, from $minVoxelCount up', (one) => {
    const [slices, rows, cols] = one.shape;
    const map = { grid: gridOf(cols, rows, slices), probabilities: Float32Array.from(one.lesion) };
    const mask = delineate(map, { threshold: 0.5, minVoxelCount: one.minVoxelCount });
    expect([...mask.labels]).toEqual(one.labels);
    expect(mask.grid).toBe(map.grid);
  });

  test('joins over corners, not over gaps', () => {
    expect(
      delineateRows([
        [9, 0, 0, 0],
        [0, 9, 0, 9],
        [9, 0, 0, 9],
      ]),
    ).toEqual([
      [1, 0, 0, 0],
      [0, 1, 0, 2],
      [1, 0, 0, 2],
    ]);
  });

  test('joins what meets only further down', () => {
    expect(
      delineateRows([
        [9, 0, 9, 0, 9],
        [9, 0, 9, 0, 9],
        [9, 9, 9, 9, 9],
      ]).flat(),
    ).not.toContain(2);
  });

  test('does not join the end of a row with the start of the next', () => {
    expect(
      delineateRows([
        [0, 0, 0, 9],
        [9, 0, 0, 0],
      ]),
    ).toEqual([
      [0, 0, 0, 1],
      [2, 0, 0, 0],
    ]);
  });

  test('numbers by size, equal sizes by the first pixel', () => {
    expect(
      delineateRows([
        [9, 0, 9, 0, 0],
        [0, 0, 0, 0, 0],
        [0, 9, 9, 0, 9],
      ]),
    ).toEqual([
      [2, 0, 3, 0, 0],
      [0, 0, 0, 0, 0],
      [0, 1, 1, 0, 4],
    ]);
  });

  test('counts the threshold itself as lesion, also one float32 cannot hold', () => {
    expect(delineateRows([[5, 4]])).toEqual([[1, 0]]);
    expect(delineateRows([[7, 6]], { threshold: 0.7, minVoxelCount: 1 })).toEqual([[1, 0]]);
  });

  test('keeps a component of exactly the smallest size and drops a smaller one', () => {
    expect(delineateRows([[9, 9, 0, 9]], { threshold: 0.5, minVoxelCount: 2 })).toEqual([[1, 1, 0, 0]]);
    expect(delineateRows([[9, 9, 0, 9]], { threshold: 0.5, minVoxelCount: 3 })).toEqual([[0, 0, 0, 0]]);
  });

  test('takes NaN for background', () => {
    expect(delineateRows([[NaN, 9]])).toEqual([[0, 1]]);
  });

  test('finds one lesion where everything is lesion, and none in an empty volume', () => {
    expect(delineateRows([[9, 9, 9]])).toEqual([[1, 1, 1]]);
    const empty = { grid: gridOf(0, 0, 0), probabilities: new Float32Array() };
    expect([...delineate(empty, { threshold: 0.5, minVoxelCount: 1 }).labels]).toEqual([]);
  });

  test('of more than 65535 components keeps the largest', () => {
    // Single pixels two apart; the last row holds one of two pixels.
    const cols = 600;
    const rows = 501;
    const probabilities = new Float32Array(cols * rows);
    for (let row = 0; row < rows - 1; row += 2) {
      for (let col = 0; col < cols; col += 2) probabilities[row * cols + col] = 1;
    }
    probabilities.fill(1, (rows - 1) * cols, (rows - 1) * cols + 2);
    const { labels } = delineate({ grid: gridOf(cols, rows, 1), probabilities }, { threshold: 0.5, minVoxelCount: 1 });
    expect(labels[(rows - 1) * cols]).toBe(1);
    expect(labels[0]).toBe(2);
    expect(new Set(labels).size).toBe(65_536);
    expect(labels.filter((label) => label > 0)).toHaveLength(65_536);
  });
});
