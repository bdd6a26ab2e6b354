import { expect, test } from 'vitest';
import type { Grid } from '../domain/grid';
import { minVoxelCountFor } from './minLesion';
import type { PreprocessRecipe } from './manifest';

const recipe = { inputSize: [256, 256] } as unknown as PreprocessRecipe;
const smallest = (minLesionPx: number, width: number, height: number) => {
  const grid: Grid = { dims: [width, height, 1], space: { kind: 'pixels' } };
  return minVoxelCountFor({ minLesionPx, preprocess: recipe }, grid);
};

test('a picture of the network’s own size keeps the manifest’s number', () => {
  expect(smallest(8, 256, 256)).toBe(8);
  expect(smallest(8, 256, 100)).toBe(8);
  expect(smallest(8, 100, 256)).toBe(8);
});

test('the area grows with the square of the longer side', () => {
  expect(smallest(8, 512, 300)).toBe(32);
  expect(smallest(8, 384, 384)).toBe(18);
});

test('it is a whole number, and never below one pixel', () => {
  expect(smallest(8, 150, 180)).toBe(4); // 8 · (180 / 256)² = 3.96
  expect(smallest(8, 32, 32)).toBe(1);
  expect(smallest(0, 256, 256)).toBe(1);
});
