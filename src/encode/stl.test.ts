import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Affine, Dims } from '../domain/grid';
import { toRas, voxelVolumeMm3 } from '../domain/spacing';
import type { Mask } from '../domain/volume';
import { about, obliqueAffine } from './fixtures/derived';
import { marchingSurface, type Surface } from './marchingSurface';
import { smoothSurface, volumeOf } from './smoothSurface';
import { encodeStl } from './stl';

const python = process.env.METSIGHT_PYTHON;

interface Read {
  readonly header: string;
  readonly triangles: number;
  readonly volumeMm3: number;
  readonly unpaired: number;
  readonly low: readonly number[];
  readonly high: readonly number[];
  readonly normalError: number;
}

function readBack(masks: Readonly<Record<string, Mask>>): Readonly<Record<string, Read>> {
  const folder = mkdtempSync(path.join(tmpdir(), 'metsight-stl-'));
  try {
    for (const [name, mask] of Object.entries(masks)) writeFileSync(path.join(folder, name), encodeStl(mask, about));
    const program = fileURLToPath(new URL('./fixtures/readStl.py', import.meta.url));
    return JSON.parse(execFileSync(python!, [program, folder], { encoding: 'utf8' }));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const maskOf = (dims: Dims, affine: Affine, labelAt: (i: number, j: number, k: number) => number): Mask => ({
  grid: { dims, space: { kind: 'patient', affine } },
  labels: Uint16Array.from({ length: dims[0] * dims[1] * dims[2] }, (_, n) =>
    labelAt(n % dims[0], Math.floor(n / dims[0]) % dims[1], Math.floor(n / (dims[0] * dims[1]))),
  ),
});

const ball = (centre: readonly number[], radius: number) => (i: number, j: number, k: number) =>
  Math.hypot(i - centre[0]!, j - centre[1]!, k - centre[2]!) <= radius;

const dims: Dims = [24, 20, 16];
const [left, right] = [obliqueAffine(-1), obliqueAffine(1)];
const inBall = ball([8, 9, 7], 5.2);
const inCore = ball([8, 9, 7], 2.2);
/** Deterministic, and nothing like a lesion: every second voxel, at random. */
const noise = (i: number, j: number, k: number) => Number(((i * 7919 + j * 104729 + k * 1299709) >> 3) % 5 < 2);

const masks: Readonly<Record<string, Mask>> = {
  'ball.stl': maskOf(dims, right, (i, j, k) => Number(inBall(i, j, k))),
  'left-handed.stl': maskOf(dims, left, (i, j, k) => Number(inBall(i, j, k))),
  'hollow.stl': maskOf(dims, left, (i, j, k) => Number(inBall(i, j, k) && !inCore(i, j, k))),
  'two.stl': maskOf(dims, left, (i, j, k) => (inBall(i, j, k) ? 1 : ball([19, 9, 7], 3)(i, j, k) ? 2 : 0)),
  'voxel.stl': maskOf(dims, left, (i, j, k) => Number(i === 23 && j === 0 && k === 15)),
  'noise.stl': maskOf(dims, right, noise),
  'all.stl': maskOf([5, 4, 3], left, () => 1),
  'none.stl': maskOf(dims, left, () => 0),
};

test.skipIf(!python)(
  'numpy finds closed surfaces, wound outwards, around the volume of the voxels',
  { timeout: 60_000 },
  () => {
    const read = readBack(masks);
    for (const [name, { labels, grid }] of Object.entries(masks)) {
      if (grid.space.kind === 'pixels') throw new Error('all are placed');
      const { unpaired, volumeMm3, normalError, triangles } = read[name]!;
      const expected = labels.filter((label) => label > 0).length * voxelVolumeMm3(grid.space.affine);
      expect({ name, unpaired }).toEqual({ name, unpaired: 0 });
      expect(triangles > 0).toBe(expected > 0);
      expect(Math.abs(volumeMm3 - expected)).toBeLessThanOrEqual(1e-4 * expected);
      // Where a triangle is a sliver its float32 corners no longer say which way it faces.
      if (name !== 'noise.stl') expect({ name, normalError: normalError < 0.01 }).toEqual({ name, normalError: true });
    }
    expect(read['ball.stl']!.header).toBe('metsight 1.2.3 SPACE=LPS a-model p>=0.5 wasm abababababab');
  },
);

test.skipIf(!python)('a surface lies where its voxels lie, in LPS', { timeout: 60_000 }, () => {
  const { low, high } = readBack({ 'ball.stl': masks['left-handed.stl']! })['ball.stl']!;
  const [x, y, z] = toRas(left, [8, 9, 7]);
  [-x, -y, z].forEach((centre, axis) => {
    expect((low[axis]! + high[axis]!) / 2).toBeCloseTo(centre, 1);
    const reach = 5.2 * Math.hypot(...left[axis]!.slice(0, 3));
    expect(Math.abs((high[axis]! - low[axis]!) / 2 / reach - 1)).toBeLessThan(0.1);
  });
});

/** Edges that are not walked exactly once in either direction. */
function unpairedEdges({ triangles }: Surface): number {
  const walked = new Map<string, number>();
  for (let n = 0; n < triangles.length; n++) {
    const [from, to] = [triangles[n]!, triangles[n % 3 === 2 ? n - 2 : n + 1]!];
    walked.set(`${from} ${to}`, (walked.get(`${from} ${to}`) ?? 0) + 1);
  }
  return [...walked].filter(([edge, times]) => times !== 1 || walked.get(edge.split(' ').toReversed().join(' ')) !== 1)
    .length;
}

test('the surface of any region is closed: each edge has two triangles', () => {
  const regions = fc.tuple(
    fc.integer({ min: 1, max: 4 }),
    fc.integer({ min: 1, max: 4 }),
    fc.array(fc.boolean(), { minLength: 64, maxLength: 64 }),
  );
  fc.assert(
    fc.property(regions, ([ni, nj, marks]) => {
      const surface = marchingSurface((i, j, k) => marks[i + 4 * (j + 4 * k)]!, {
        low: [0, 0, 0],
        high: [ni - 1, nj - 1, 3],
      });
      expect(unpairedEdges(surface)).toBe(0);
    }),
    { numRuns: 150 },
  );
});

test('one voxel is an octahedron, and keeps its middle and its volume when it is smoothed', () => {
  const surface = marchingSurface(() => true, { low: [4, 5, 6], high: [4, 5, 6] });
  expect([surface.points.length / 3, surface.triangles.length / 3]).toEqual([6, 8]);
  expect(volumeOf(surface)).toBeCloseTo(1 / 6, 12);
  const smooth = smoothSurface(surface, 1);
  expect(volumeOf(smooth)).toBeCloseTo(1, 5);
  const middle = [0, 1, 2].map((axis) => smooth.points.reduce((sum, x, n) => sum + (n % 3 === axis ? x / 6 : 0), 0));
  middle.forEach((place, axis) => expect(place).toBeCloseTo(4 + axis, 9));
});

test('a thin lesion grows thicker, not longer', () => {
  const { points } = smoothSurface(
    marchingSurface(() => true, { low: [0, 0, 0], high: [19, 0, 0] }),
    20,
  );
  const along = points.filter((_, n) => n % 3 === 0);
  expect(Math.max(...along) - Math.min(...along)).toBeLessThan(21);
  expect(Math.max(...along) - Math.min(...along)).toBeGreaterThan(18.5);
});

test('smoothing takes the steps from a ball, and no corner goes further than a voxel', () => {
  const box = { low: [0, 0, 0], high: [16, 16, 16] } as const;
  const raw = marchingSurface(ball([8, 8, 8], 7), box);
  const smooth = smoothSurface(raw, (4 / 3) * Math.PI * 7 ** 3);
  const radii = ({ points }: Surface) =>
    Array.from({ length: points.length / 3 }, (_, n) =>
      Math.hypot(points[3 * n]! - 8, points[3 * n + 1]! - 8, points[3 * n + 2]! - 8),
    );
  const spread = (values: readonly number[]) => Math.max(...values) - Math.min(...values);
  expect(spread(radii(smooth))).toBeLessThan(spread(radii(raw)) / 1.5);
  radii(smooth).forEach((radius) => expect(Math.abs(radius - 7)).toBeLessThan(0.6));
});

test('the longest header keeps the model’s id, the directions and what was rejected; the hash is cut', () => {
  const longest = {
    ...about,
    ...{ modelId: 'attention-unet-flair', threshold: 0.35, isTriPlanar: true, rejectedCount: 2, backend: 'webgpu' },
  };
  const header = new TextDecoder().decode(encodeStl(masks['none.stl']!, longest).subarray(0, 80));
  expect(header).toBe('metsight 1.2.3 SPACE=LPS attention-unet-flair p>=0.35 3PLANES REJ=2 webgpu ababa');
});

test('a mask without millimetres has no surface in them', () => {
  const unplaced: Mask = { grid: { dims: [1, 1, 1], space: { kind: 'pixels' } }, labels: Uint16Array.of(1) };
  expect(() => encodeStl(unplaced, about)).toThrow(RangeError);
});
