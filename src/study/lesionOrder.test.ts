import { expect, test } from 'vitest';
import { ijk } from '../domain/grid';
import type { LesionGroup } from './agreement';
import { firstOrder, inOrder, nextOrder, type LesionColumn } from './lesionOrder';

const group = (id: number, volumeMm3: number, longestDiameterMm: number, maxProbability: number): LesionGroup => ({
  id,
  members: [
    {
      architecture: 'nested-unet',
      lesion: {
        id,
        voxelCount: 100 * id,
        centroid: ijk(0, 0, 0),
        meanProbability: 0.5,
        maxProbability,
        slices: [0, 0],
        extent: {
          volumeMm3,
          longestDiameterMm,
          perpendicularDiameterMm: 1,
          diameterSlice: 0,
          centroidRas: [0, 0, 0],
          isMeasurable: false,
        },
      },
    },
  ],
  overlap: id === 2 ? 0.5 : undefined,
});
const groups = [group(1, 30, 5, 0.7), group(2, 20, 9, 0.7), group(3, 10, 7, 0.9)];
const order = (column: LesionColumn, isDescending: boolean) =>
  inOrder(groups, { column, isDescending }).map(({ id }) => id);

test('each column sorts by its own figure', () => {
  expect(order('number', false)).toEqual([1, 2, 3]);
  expect(order('size', false)).toEqual([3, 2, 1]);
  expect(order('diameter', true)).toEqual([2, 3, 1]);
  expect(order('probability', true)).toEqual([3, 1, 2]);
  expect(order('by', true)).toEqual([2, 1, 3]);
});

test('a column picked again is turned round', () => {
  const once = nextOrder(firstOrder, 'size');
  expect(once).toEqual({ column: 'size', isDescending: true });
  expect(nextOrder(once, 'size')).toEqual({ column: 'size', isDescending: false });
  expect(nextOrder(once, 'number')).toEqual({ column: 'number', isDescending: false });
});
