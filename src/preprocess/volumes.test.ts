import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { gunzipSync } from 'node:zlib';
import { beforeAll, describe, expect, test } from 'vitest';
import type { Affine, Dims, Grid } from '../domain/grid';
import { restoredSlices } from '../domain/restoredSlices';
import { sliceLayoutOf, writeSliceInto } from '../domain/sliceLayout';
import type { Volume } from '../domain/volume';
import type { PreprocessRecipe } from '../models/manifest';
import { loadClahe, type Clahe } from './clahe';
import { placementOf, windowStarts } from './placementOf';
import { preprocess } from './preprocess';
import { windowToBytes } from './window';

const goldenFolder = 'training/golden/recipe';

/** `training/metsight/recipe_goldens.py` wrote them; arrays on the Grid are hashed i fastest, then j, then k. */
interface GoldenVolume {
  readonly name: string;
  readonly dims: Dims;
  readonly affine: Affine | null;
  readonly plane: readonly [rows: number, cols: number];
  readonly windows: readonly (readonly [top: number, left: number])[];
  readonly slices: readonly number[];
  readonly bytesSha256: string;
  readonly picturesSha256: string;
  readonly restoredSha256: string;
}

const readJson = <T>(name: string): T => JSON.parse(readFileSync(`${goldenFolder}/${name}`, 'utf8'));
const goldens = readJson<GoldenVolume[]>('volumes.json');
const { recipe } = readJson<{ recipe: PreprocessRecipe }>('index.json');
const sha256 = (values: Uint8Array | Float32Array) =>
  createHash('sha256')
    .update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength))
    .digest('hex');

let clahe: Clahe;
beforeAll(async () => {
  const program = createRequire(import.meta.url).resolve('@techstark/opencv-js');
  clahe = await loadClahe(() => Promise.resolve(readFileSync(program)));
});

function gridOf({ dims, affine }: GoldenVolume): Grid {
  return { dims, space: affine === null ? { kind: 'pixels' } : { kind: 'patient', affine } };
}

function volumeOf(golden: GoldenVolume): Volume {
  const stored = Uint8Array.from(gunzipSync(readFileSync(`${goldenFolder}/${golden.name}.volume.gz`)));
  return {
    grid: gridOf(golden),
    intensities: Float32Array.from(new Int16Array(stored.buffer)),
    isEightBit: false,
    origin: { kind: 'volume', format: 'NRRD' },
    sequence: 'unknown',
    warnings: [],
  };
}

describe.each(goldens)('on $name, to the last bit,', (golden) => {
  test('the placement is Python’s', () => {
    const { grid, intensities } = volumeOf(golden);
    const bytes = windowToBytes(intensities, recipe.intensity);
    expect(sha256(bytes)).toBe(golden.bytesSha256);
    const { plane, windows, slices } = placementOf(bytes, grid, recipe);
    expect([plane.rows, plane.cols]).toEqual(golden.plane);
    expect(windows.map(({ top, left }) => [top, left])).toEqual(golden.windows);
    expect(slices).toEqual(golden.slices);
  });

  test('the pictures are Python’s', async () => {
    const { input } = await preprocess(volumeOf(golden), recipe, clahe, () => Promise.resolve());
    expect(input.shape).toEqual([golden.slices.length * golden.windows.length, 256, 256, 1]);
    expect(sha256(input.values)).toBe(golden.picturesSha256);
  });

  test('an answer comes back to the voxels to which Python brings it', () => {
    const { grid, intensities } = volumeOf(golden);
    const placement = placementOf(windowToBytes(intensities, recipe.intensity), grid, recipe);
    const count = golden.slices.length * golden.windows.length;
    const answers = Float32Array.from({ length: count * 65_536 }, (_, at) => {
      const [n, y, x] = [at >> 16, (at >> 8) & 255, at & 255];
      return ((y * 31 + x * 17 + x * y + n * 7) % 256) / 256;
    });
    const layout = sliceLayoutOf(grid, placement.frame);
    const onGrid = new Float32Array(intensities.length);
    for (const { slice, values } of restoredSlices(answers, [count, 256, 256], placement)) {
      writeSliceInto(onGrid, layout, slice, values);
    }
    expect(sha256(onGrid)).toBe(golden.restoredSha256);
  });
});

describe('windowStarts', () => {
  const widths = { marginPx: 4, overlapPx: 32 };

  test.each([
    { first: 10, end: 50, starts: [-98] },
    { first: 0, end: 248, starts: [-4] },
    { first: 0, end: 249, starts: [-4, -3] },
    { first: 0, end: 472, starts: [-4, 220] },
    { first: 0, end: 473, starts: [-4, 109, 221] },
  ])('content from $first to $end lies in windows from $starts', ({ first, end, starts }) => {
    expect(windowStarts(first, end, 256, widths)).toEqual(starts);
  });

  test('nothing of any content is left out, and neighbours overlap', () => {
    for (let length = 1; length < 1500; length += 7) {
      const starts = windowStarts(-3, length - 3, 256, widths);
      expect(starts[0]).toBeLessThanOrEqual(-3);
      expect(starts.at(-1)! + 256).toBeGreaterThanOrEqual(length - 3);
      starts.slice(1).forEach((start, n) => expect(start - starts[n]!).toBeLessThanOrEqual(256 - 32));
    }
  });
});

test('a spacing no body has is refused before memory is taken', () => {
  const space = { kind: 'patient', affine: [[500, 0, 0, 0], [0, 500, 0, 0], [0, 0, 500, 0]] } as const; // prettier-ignore
  const grid: Grid = { dims: [64, 64, 2], space };
  expect(() => placementOf(new Uint8Array(8192), grid, recipe)).toThrow(
    expect.objectContaining({ error: { code: 'out-of-memory', stage: 'preprocess' } }),
  );
});
