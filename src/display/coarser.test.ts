import { expect, test } from 'vitest';
import type { Grid } from '../domain/grid';
import { toRas } from '../domain/spacing';
import { coarser } from './coarser';

const affine = [[1, 0, 0, 5], [0, 2, 0, 6], [0, 0, 3, 7]] as const; // prettier-ignore
const grid: Grid = { dims: [4, 3, 2], space: { kind: 'patient', affine } };
const values = Float32Array.from({ length: 24 }, (_, index) => index);

test('a small volume stays as it is', () => {
  const same = coarser(grid, 8);
  expect(same.grid).toEqual(grid);
  expect([...same.take(values, (value) => value)]).toEqual([...values]);
});

test('of a large one every n-th voxel is taken, and lies where it lay', () => {
  const half = coarser(grid, 2);
  expect(half.grid.dims).toEqual([2, 2, 2]);
  expect([...half.take(values, (value) => value)]).toEqual([0, 2, 8, 10, 12, 14, 20, 22]);
  const { space } = half.grid;
  // Voxel [1, 1, 1] of the coarser grid is [2, 2, 1] of the other.
  expect(space.kind === 'patient' && toRas(space.affine, [1, 1, 1])).toEqual(toRas(affine, [2, 2, 1]));
});
