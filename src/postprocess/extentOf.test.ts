/** Shapes whose measures are known, drawn on grids of every kind: what is measured lies within a voxel's diagonal of them. */
import { describe, expect, test } from 'vitest';
import type { Affine, Dims, Grid } from '../domain/grid';
import { sliceFrameOf } from '../domain/sliceFrame';
import { spacingOf } from '../domain/spacing';
import type { LesionExtent, ProbabilityMap } from '../domain/volume';
import { delineate } from './delineate';
import { measure } from './measure';

type Vector = readonly [x: number, y: number, z: number];
/** Three columns. */
type Matrix = readonly [Vector, Vector, Vector];

const dot = (a: Vector, b: Vector) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
const times = (a: Vector, factor: number): Vector => [a[0] * factor, a[1] * factor, a[2] * factor];
const minus = (a: Vector, b: Vector): Vector => [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
const length = (a: Vector) => Math.sqrt(dot(a, a));

/** Turns by these angles (radians) about z, then x, then y. */
function rotation(z: number, x: number, y: number): Matrix {
  const turned = ([a, b, c]: Vector): Vector => {
    const [p, q] = [a * Math.cos(z) - b * Math.sin(z), a * Math.sin(z) + b * Math.cos(z)];
    const [r, s] = [q * Math.cos(x) - c * Math.sin(x), q * Math.sin(x) + c * Math.cos(x)];
    return [p * Math.cos(y) + s * Math.sin(y), r, s * Math.cos(y) - p * Math.sin(y)];
  };
  return [turned([1, 0, 0]), turned([0, 1, 0]), turned([0, 0, 1])];
}

/** Where the shapes lie: between the voxels, and far from the origin. */
const centre: Vector = [31.3, -17.7, 9.4];
/** Longer than any shape's reach. */
const halfRoomMm = 34;

/** Voxel axes along the columns of `axes`, the shape's centre a little off the middle of the grid. */
function gridAround(axes: Matrix, spacing: Vector): Grid {
  const dims = spacing.map((mm) => 2 * Math.ceil(halfRoomMm / mm) + 1) as unknown as Dims;
  const columns = axes.map((axis, n) => times(axis, spacing[n]!));
  const origin = columns.reduce((at, column, n) => minus(at, times(column, (dims[n]! - 1) / 2 + 0.23)), centre);
  const row = (n: 0 | 1 | 2): Affine[number] => [columns[0]![n], columns[1]![n], columns[2]![n], origin[n]];
  return { dims, space: { kind: 'patient', affine: [row(0), row(1), row(2)] } };
}

/** The extent of what lies within a shape: its voxels are those whose centre does. */
function extentOn(grid: Grid, holds: (fromCentre: Vector) => boolean): LesionExtent {
  const [ni, nj, nk] = grid.dims;
  const { affine } = grid.space as { affine: Affine };
  const probabilities = new Float32Array(ni * nj * nk);
  for (let k = 0, n = 0; k < nk; k++) {
    for (let j = 0; j < nj; j++) {
      for (let i = 0; i < ni; i++, n++) {
        const place = affine.map((row) => row[0] * i + row[1] * j + row[2] * k + row[3]) as unknown as Vector;
        if (holds(minus(place, centre))) probabilities[n] = 1;
      }
    }
  }
  const map: ProbabilityMap = { grid, probabilities };
  const lesions = measure(delineate(map, { threshold: 0.5, minVoxelCount: 1 }), map);
  expect(lesions).toHaveLength(1);
  return lesions[0]!.extent!;
}

interface Known {
  readonly volumeMm3: number;
  readonly longestMm: number;
  readonly perpendicularMm: number;
}

/** What is measured wrong, with both values; lengths may be off by a voxel's diagonal, the volume by a tenth. */
function faultsOf(extent: LesionExtent, grid: Grid, known: Known): string[] {
  const { volumeMm3, longestMm, perpendicularMm } = known;
  const { affine } = grid.space as { affine: Affine };
  const diagonalMm = length(spacingOf(affine));
  const sliceMm = spacingOf(affine)[sliceFrameOf(grid).axes[2]];
  // Lin et al. 2015: 10 mm by 5 mm in slices of at most 5 mm. In how many slices it is seen is said by itself.
  const isMeasurable = longestMm >= 10 && perpendicularMm >= 5 && sliceMm <= 5;
  const measures: readonly (readonly [name: string, measured: number, known: number, tolerance: number])[] = [
    ['longest', extent.longestDiameterMm, longestMm, diagonalMm],
    ['perpendicular', extent.perpendicularDiameterMm, perpendicularMm, diagonalMm],
    ['centroid', length(minus(extent.centroidRas, centre)), 0, diagonalMm / 2],
    ['volume', extent.volumeMm3, volumeMm3, volumeMm3 / 10],
    ['measurable', Number(extent.isMeasurable), Number(isMeasurable), 0],
  ];
  return measures
    .filter(([, measured, known, tolerance]) => !(Math.abs(measured - known) <= tolerance))
    .map(([name, measured, known]) => `${name} ${measured}, not ${known}`);
}

const ellipsoidHolds =
  (axes: Matrix, radii: Vector) =>
  (place: Vector): boolean =>
    axes.reduce((sum, axis, n) => sum + (dot(place, axis) / radii[n]!) ** 2, 0) <= 1;

/** Of the ellipse in which a plane through the centre cuts an ellipsoid: half-axes from the eigenvalues of its 2 × 2 form. */
function crossSection(axes: Matrix, radii: Vector, u: Vector, v: Vector): { longest: number; shortest: number } {
  const form = (a: Vector, b: Vector) =>
    axes.reduce((sum, axis, n) => sum + (dot(a, axis) * dot(b, axis)) / radii[n]! ** 2, 0);
  const [uu, uv, vv] = [form(u, u), form(u, v), form(v, v)];
  const spread = Math.sqrt(((uu - vv) / 2) ** 2 + uv ** 2);
  return { longest: 2 / Math.sqrt((uu + vv) / 2 - spread), shortest: 2 / Math.sqrt((uu + vv) / 2 + spread) };
}

const unit = rotation(0, 0, 0);
const oblique = rotation(0.4, -0.3, 0.25);
/** A grid's axes: along the body's or not, in another order, turned around. */
const grids: readonly (readonly [name: string, axes: Matrix, spacing: Vector])[] = [
  ['1 mm each way', unit, [1, 1, 1]],
  ['0.47 × 0.47 × 5 mm', unit, [0.47, 0.47, 5]],
  ['0.9 × 1.1 × 2.5 mm, oblique', oblique, [0.9, 1.1, 2.5]],
  ['sagittal, 3 mm along the first axis', [[-1, 0, 0], [0, 0, 1], [0, -1, 0]], [3, 0.8, 0.8]],
  ['coronal oblique, 4 mm along the second axis', [oblique[0], times(oblique[1], -1), oblique[2]], [0.7, 4, 0.6]],
  ['1 mm each way, oblique and left-handed', [times(oblique[1], -1), times(oblique[0], -1), times(oblique[2], -1)], [1, 1, 1]],
]; // prettier-ignore

/** The in-plane axes of a grid's slices, and their normal. */
function sliceAxes(grid: Grid, axes: Matrix): readonly [u: Vector, v: Vector, normal: Vector] {
  const [u, v, normal] = sliceFrameOf(grid).axes;
  return [axes[u], axes[v], axes[normal]];
}

describe.each(grids)('on a grid of %s', (_, axes, spacing) => {
  const grid = gridAround(axes, spacing);

  test.each([4, 9, 15])('a sphere of radius %d mm', (radius) => {
    const holds = (place: Vector) => length(place) <= radius;
    const known = {
      volumeMm3: (4 / 3) * Math.PI * radius ** 3,
      longestMm: 2 * radius,
      perpendicularMm: 2 * radius,
    };
    // Of a radius of less than two slices only the lengths are worth comparing.
    const extent = extentOn(grid, holds);
    const isCoarse = Math.max(...spacing) * 2 > radius;
    expect(faultsOf(extent, grid, isCoarse ? { ...known, volumeMm3: extent.volumeMm3 } : known)).toEqual([]);
  });

  test.each([
    ['in its slices', 0],
    ['oblique to its slices', 0.5],
  ])('an ellipsoid %s', (__, tilt) => {
    const radii: Vector = [19, 11, 14];
    const [u, v, normal] = sliceAxes(grid, axes);
    // Turned within the slices by 0.6, then out of them by `tilt`.
    const turn = rotation(0.6, tilt, 0);
    const own = turn.map(
      ([a, b, c]) => minus(minus(times(u, a), times(v, -b)), times(normal, -c)),
    ) as unknown as Matrix; // prettier-ignore
    const { longest, shortest } = crossSection(own, radii, u, v);
    const volumeMm3 = (4 / 3) * Math.PI * radii[0] * radii[1] * radii[2];
    const known = { volumeMm3, longestMm: longest, perpendicularMm: shortest };
    expect(faultsOf(extentOn(grid, ellipsoidHolds(own, radii)), grid, known)).toEqual([]);
  });

  test.each([0, 0.35, Math.PI / 4])('a box turned within its slices by %d', (angle) => {
    const [width, height, depth] = [26, 15, 24];
    const [u, v, normal] = sliceAxes(grid, axes);
    const along = minus(times(u, Math.cos(angle)), times(v, -Math.sin(angle)));
    const across = minus(times(v, Math.cos(angle)), times(u, Math.sin(angle)));
    const holds = (place: Vector) =>
      Math.abs(dot(place, along)) <= width / 2 &&
      Math.abs(dot(place, across)) <= height / 2 &&
      Math.abs(dot(place, normal)) <= depth / 2;
    const diagonal = Math.sqrt(width ** 2 + height ** 2);
    // The longest chord of a rectangle at a right angle to its diagonal begins in a corner.
    const perpendicularMm = (diagonal * height) / width;
    const known = { volumeMm3: width * height * depth, longestMm: diagonal, perpendicularMm };
    expect(faultsOf(extentOn(grid, holds), grid, known)).toEqual([]);
  });

  test.each([1, 2])('a disc in %d of its slices is measurable: how many they are is said by itself', (sliceCount) => {
    const [, , normal] = sliceAxes(grid, axes);
    const sliceMm = spacing[sliceFrameOf(grid).axes[2]];
    const holds = (place: Vector) => {
      const height = dot(place, normal);
      return Math.abs(height) <= (sliceCount * sliceMm) / 2 && length(minus(place, times(normal, height))) <= 8;
    };
    expect(extentOn(grid, holds).isMeasurable).toBe(true);
  });
});

test('slices of a stack that leans count as thick as they are along their normal', () => {
  // Their step of 5.2 mm leans: 4.9 mm along the normal.
  const upright = 4.9 / 5.2;
  const grid = gridAround([[1, 0, 0], [0, 1, 0], [Math.sqrt(1 - upright ** 2), 0, upright]], [1, 1, 5.2]); // prettier-ignore
  expect(extentOn(grid, (place) => length(place) <= 9).isMeasurable).toBe(true);
});
