import { expect, test } from 'vitest';
import type { Grid } from '../domain/grid';
import { measure } from './measure';

const grid: Grid = { dims: [3, 2, 2], space: { kind: 'pixels' } };

test('measures every lesion of a mask, by rising id', () => {
  const mask = { grid, labels: Uint16Array.of(2, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 0) };
  const map = { grid, probabilities: Float32Array.of(0.75, 0, 1, 0, 0, 0.5, 0, 0, 0.75, 0, 0, 0) };
  expect(measure(mask, map)).toEqual([
    {
      id: 1,
      voxelCount: 3,
      centroid: [2, 1 / 3, 1 / 3],
      meanProbability: 0.75,
      maxProbability: 1,
      slices: [0, 1],
      extent: undefined,
    },
    {
      id: 2,
      voxelCount: 1,
      centroid: [0, 0, 0],
      meanProbability: 0.75,
      maxProbability: 0.75,
      slices: [0, 0],
      extent: undefined,
    },
  ]);
});

test('names the slices a lesion touches', () => {
  const mask = { grid, labels: Uint16Array.of(0, 0, 0, 0, 0, 0, 1, 1, 0, 0, 0, 0) };
  expect(measure(mask, { grid, probabilities: new Float32Array(12).fill(0.5) })).toMatchObject([{ slices: [1, 1] }]);
});

test('an empty mask has no lesions', () => {
  expect(measure({ grid, labels: new Uint16Array(12) }, { grid, probabilities: new Float32Array(12) })).toEqual([]);
});

test('refuses a mask and a map of different grids', () => {
  const other: Grid = { dims: [2, 3, 2], space: { kind: 'pixels' } };
  const mask = { grid, labels: new Uint16Array(12) };
  expect(() => measure(mask, { grid: other, probabilities: new Float32Array(12) })).toThrow('different grids');
});
