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

test('a mark of one voxel stays, wherever it lies between those that are taken', () => {
  const half = coarser(grid, 2);
  for (let voxel = 0; voxel < 24; voxel++) {
    const [i, j, k] = [voxel % 4, Math.floor(voxel / 4) % 3, Math.floor(voxel / 12)];
    const marked = [...half.takeHighest((index) => (index === voxel ? 3 : 0))];
    expect(marked.flatMap((value, at) => (value > 0 ? [[at, value]] : []))).toEqual([
      [Math.floor(i / 2) + 2 * (Math.floor(j / 2) + 2 * k), 3],
    ]);
  }
  expect([...half.takeHighest((index) => index % 3)]).toEqual([2, 2, 2, 2, 2, 2, 2, 2]);
});

test('marks of a small volume stay as they are', () => {
  expect([...coarser(grid, 8).takeHighest((index) => index)]).toEqual([...values]);
});
