/** The law between two rooms that may not know each other: `restore` undoes what `preprocess` placed. */
import { expect, test } from 'vitest';
import type { Volume } from '../domain/volume';
import { delineate } from '../postprocess/delineate';
import { measure } from '../postprocess/measure';
import { restore } from '../postprocess/restore';
import { preprocess } from '../preprocess/preprocess';
import { recipe } from '../models/fixtures/recipe';
import { untouched } from './fixtures/plainNetwork';

/** A box of `last − first + 1` pixels a side in each slice; slice k's is moved by k. */
function boxVolume(cols: number, rows: number, slices: number): { volume: Volume; boxes: number[][] } {
  const intensities = new Float32Array(cols * rows * slices);
  const boxes: number[][] = [];
  for (let k = 0; k < slices; k++) {
    const box = [
      Math.floor(cols * 0.2) + k,
      Math.floor(cols * 0.55) + k,
      Math.floor(rows * 0.6),
      Math.floor(rows * 0.8),
    ];
    const [left, right, top, bottom] = box as [number, number, number, number];
    for (let j = top; j <= bottom; j++) {
      intensities.fill(255, (k * rows + j) * cols + left, (k * rows + j) * cols + right + 1);
    }
    boxes.push(box);
  }
  const grid = { dims: [cols, rows, slices], space: { kind: 'pixels' } } as const;
  return {
    volume: { grid, intensities, isEightBit: true, origin: { kind: 'picture' }, sequence: 'unknown', warnings: [] },
    boxes,
  };
}

test.each([
  { cols: 256, rows: 256, slices: 1 },
  { cols: 255, rows: 256, slices: 1 },
  { cols: 400, rows: 512, slices: 1 },
  { cols: 513, rows: 700, slices: 1 },
  { cols: 300, rows: 100, slices: 1 },
  { cols: 40, rows: 33, slices: 1 },
  { cols: 90, rows: 130, slices: 3 },
])('a box in $cols × $rows × $slices comes back to its place within a pixel', async ({ cols, rows, slices }) => {
  const { volume, boxes } = boxVolume(cols, rows, slices);
  const { input, placement } = await preprocess(volume, recipe, untouched, () => Promise.resolve());
  const map = restore({ shape: [slices, 256, 256], values: input.values }, placement);
  const mask = delineate(map, { threshold: 0.5, minVoxelCount: 1 });
  expect(measure(mask, map)).toHaveLength(1);
  expect(mask.grid.dims).toEqual([cols, rows, slices]);

  boxes.forEach(([left, right, top, bottom], k) => {
    const found = { left: cols, right: -1, top: rows, bottom: -1 };
    for (let j = 0; j < rows; j++) {
      for (let i = 0; i < cols; i++) {
        if (mask.labels[i + cols * (j + rows * k)] === 0) continue;
        found.left = Math.min(found.left, i);
        found.right = Math.max(found.right, i);
        found.top = Math.min(found.top, j);
        found.bottom = Math.max(found.bottom, j);
      }
    }
    expect(Math.abs(found.left - left!)).toBeLessThanOrEqual(1);
    expect(Math.abs(found.right - right!)).toBeLessThanOrEqual(1);
    expect(Math.abs(found.top - top!)).toBeLessThanOrEqual(1);
    expect(Math.abs(found.bottom - bottom!)).toBeLessThanOrEqual(1);
  });
});

test('a slice of the network’s own size passes both ways unchanged', async () => {
  const { volume } = boxVolume(256, 256, 1);
  const { input, placement } = await preprocess(volume, recipe, untouched, () => Promise.resolve());
  const map = restore({ shape: [1, 256, 256], values: input.values }, placement);
  expect(map.probabilities).toEqual(volume.intensities.map((byte) => byte / 255));
});
