import { expect, test } from 'vitest';
import type { Affine, Dims, Grid } from '../domain/grid';
import { frameOfPlane, planes, sliceFrameOf } from '../domain/sliceFrame';
import { toRas } from '../domain/spacing';
import { edgeLetters } from './orientation';
import { extentOf, sliceOf, slicesOf, slicingOf, toGridPlace, toPicturePlace } from './slicing';

const axes = [0, 1, 2] as const;
const orders = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] as const; // prettier-ignore
const flips = Array.from({ length: 8 }, (_, n) => axes.map((axis) => (n & (1 << axis) ? -1 : 1)));

/** 3 × 4 × 5 voxels along x, y, z of the patient, stored in some order; spacing 1, 1, 4 mm. */
function stored(order: readonly number[], sign: readonly number[]): Grid & { readonly space: { affine: Affine } } {
  const row = (ras: number) =>
    [...axes.map((axis) => (order[axis] === ras ? sign[axis]! * [1, 1, 4][ras]! : 0)), 0] as never as Affine[number];
  return {
    dims: order.map((ras) => [3, 4, 5][ras]!) as never as Dims,
    space: { kind: 'patient', affine: [row(0), row(1), row(2)] },
  };
}

/** For each voxel its own place in the patient, one number. */
function placesOf(grid: ReturnType<typeof stored>): Float32Array {
  const [ni, nj, nk] = grid.dims;
  return Float32Array.from({ length: ni * nj * nk }, (_, index) => {
    const place = [index % ni, Math.floor(index / ni) % nj, Math.floor(index / (ni * nj))] as const;
    const [x, y, z] = toRas(grid.space.affine, place);
    // From the end that is 0 in this order of storage to the least: the same number for the same place.
    const low = (ras: number) => {
      const axis = axes.find((one) => grid.space.affine[ras as 0][one] !== 0)!;
      return Math.min(0, grid.space.affine[ras as 0][axis] * (grid.dims[axis] - 1));
    };
    return 100 * (x - low(0)) + 10 * (y - low(1)) + (z - low(2)) / 4;
  });
}

test('a slice is the same picture in all 48 orders of storage: left, back and feet to the right and below', () => {
  for (const order of orders) {
    for (const sign of flips) {
      const grid = stored(order, sign);
      const slicing = slicingOf(grid);
      expect(slicing.picture).toEqual([3, 4]);
      expect(slicing.sliceCount).toBe(5);
      // Row 0 is the front (y = 3), column 0 the patient's right (x = 2), slice 1 is the second from the feet.
      expect([...sliceOf(placesOf(grid), slicing, 1)]).toEqual([231, 131, 31, 221, 121, 21, 211, 111, 11, 201, 101, 1]);
    }
  }
});

test('the other planes follow the same rules in all 48 orders of storage', () => {
  for (const order of orders) {
    for (const sign of flips) {
      const grid = stored(order, sign);
      const picture = (plane: 'coronal' | 'sagittal', k: number) => {
        const slicing = slicingOf(grid, frameOfPlane(grid, plane));
        return { size: slicing.picture, top: [...sliceOf(placesOf(grid), slicing, k)].slice(0, slicing.picture[0]) };
      };
      expect(picture('coronal', 0)).toEqual({ size: [3, 5], top: [204, 104, 4] });
      expect(picture('sagittal', 0)).toEqual({ size: [4, 5], top: [34, 24, 14, 4] });
      expect(frameOfPlane(grid, 'axial')).toEqual(sliceFrameOf(grid));
    }
  }
});

test('places go to the picture and back', () => {
  const grid = stored([1, 2, 0], [-1, 1, -1]);
  for (const plane of planes) {
    const slicing = slicingOf(grid, frameOfPlane(grid, plane));
    const place = toPicturePlace(slicing, [1, 2.5, 0]);
    expect(toGridPlace(slicing, place)).toEqual([1, 2.5, 0]);
  }
});

test('a range of slices is turned with the slices', () => {
  expect(slicesOf(slicingOf(stored([0, 1, 2], [1, 1, -1])), [0, 1])).toEqual([3, 4]);
  expect(slicesOf(slicingOf(stored([0, 1, 2], [1, 1, 1])), [0, 1])).toEqual([0, 1]);
});

test('millimetres are square: wide pixels are stretched', () => {
  const grid = stored([0, 1, 2], [1, 1, 1]);
  expect(slicingOf(grid, frameOfPlane(grid, 'coronal')).pixel).toEqual([1, 4]);
  expect(extentOf(slicingOf(grid, frameOfPlane(grid, 'coronal')))).toEqual([3, 20]);
  expect(extentOf(slicingOf({ dims: [3, 4, 5], space: { kind: 'pixels' } }))).toEqual([3, 4]);
});

test('letters stand where the patient’s sides are; a picture has none', () => {
  const grid = stored([2, 0, 1], [1, -1, 1]);
  const letters = (plane: (typeof planes)[number]) => edgeLetters(slicingOf(grid, frameOfPlane(grid, plane)));
  expect(letters('axial')).toEqual({ left: 'R', right: 'L', top: 'A', bottom: 'P' });
  expect(letters('coronal')).toEqual({ left: 'R', right: 'L', top: 'S', bottom: 'I' });
  expect(letters('sagittal')).toEqual({ left: 'A', right: 'P', top: 'S', bottom: 'I' });
  expect(edgeLetters(slicingOf({ dims: [3, 4, 1], space: { kind: 'pixels' } }))).toBeUndefined();
});

test('an oblique edge has a second letter', () => {
  const [cos, sin] = [Math.cos(0.5), Math.sin(0.5)];
  const affine: Affine = [[cos, -sin, 0, 0], [sin, cos, 0, 0], [0, 0, 3, 0]]; // prettier-ignore
  const letters = edgeLetters(slicingOf({ dims: [8, 8, 4], space: { kind: 'patient', affine } }));
  expect(letters).toEqual({ left: 'RA', right: 'LP', top: 'AL', bottom: 'PR' });
});
