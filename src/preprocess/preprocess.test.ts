import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { beforeAll, describe, expect, test } from 'vitest';
import { PipelineFailure } from '../domain/errors';
import type { Checkpoint } from '../domain/network';
import type { Volume } from '../domain/volume';
import type { PreprocessRecipe } from '../models/manifest';
import { loadClahe, type Clahe } from './clahe';
import { equalizedOnGrid } from './equalizedOnGrid';
import { cutWindow, toPlane } from './place';
import { preprocess } from './preprocess';
import { windowToBytes } from './window';

/** The folder `training/metsight/recipe_goldens.py` writes; its docstring describes it. */
const goldenFolder = 'training/golden/recipe';

interface GoldenCase {
  readonly name: string;
  readonly rows: number;
  readonly cols: number;
  readonly dtype: 'uint8' | 'uint16' | 'float32';
}

function readIndex(folder: string): { recipe: PreprocessRecipe; cases: GoldenCase[] } {
  return JSON.parse(readFileSync(join(folder, 'index.json'), 'utf8'));
}

function readStep(folder: string, name: string, step: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(gunzipSync(readFileSync(join(folder, `${name}.${step}.gz`))));
}

function readVolume(folder: string, { name, rows, cols, dtype }: GoldenCase): Volume {
  const bytes = readStep(folder, name, 'input');
  const stored = { uint8: Uint8Array, uint16: Uint16Array, float32: Float32Array }[dtype];
  return volumeOf(Float32Array.from(new stored(bytes.buffer)), cols, rows, 1, dtype === 'uint8');
}

function volumeOf(intensities: Float32Array, cols: number, rows: number, slices: number, isEightBit: boolean): Volume {
  return {
    grid: { dims: [cols, rows, slices], space: { kind: 'pixels' } },
    intensities,
    isEightBit,
    origin: { kind: 'picture' },
    sequence: 'unknown',
    warnings: [],
  };
}

/** Without spacing: a slice in the network's square. */
async function place(image: Uint8Array, rows: number, cols: number): Promise<Uint8Array> {
  const { placement } = await preprocess(
    volumeOf(Float32Array.from(image), cols, rows, 1, true),
    recipe,
    asItIs,
    never,
  );
  const { plane, windows } = placement;
  return cutWindow(toPlane(image, rows, cols, plane), plane, windows[0]!, 256);
}

const asItIs: Clahe = { equalize: (image) => Promise.resolve(image) };

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const never: Checkpoint = () => Promise.resolve();

let clahe: Clahe;
beforeAll(async () => {
  const program = createRequire(import.meta.url).resolve('@techstark/opencv-js');
  clahe = await loadClahe(() => Promise.resolve(readFileSync(program)));
});

const { recipe, cases } = readIndex(goldenFolder);

describe.each(cases)('on $name, to the last bit,', (golden) => {
  const { name, rows, cols } = golden;

  test('windowing gives the bytes Python gives', () => {
    const { intensities, isEightBit } = readVolume(goldenFolder, golden);
    const bytes = isEightBit ? Uint8Array.from(intensities) : windowToBytes(intensities, recipe.intensity);
    expect(sha256(bytes)).toBe(sha256(readStep(goldenFolder, name, 'bytes')));
  });

  test('placing gives the square Python gives', async () => {
    const square = await place(readStep(goldenFolder, name, 'bytes'), rows, cols);
    expect(differing(square, readStep(goldenFolder, name, 'placed'))).toBe(0);
  });

  test('CLAHE gives the square that cv2 gives', async () => {
    const equalized = await clahe.equalize(readStep(goldenFolder, name, 'placed'), 256, 256, recipe.clahe);
    expect(differing(equalized, readStep(goldenFolder, name, 'equalized'))).toBe(0);
  });

  test('the whole recipe gives the network what Python gives it', async () => {
    const { input } = await preprocess(readVolume(goldenFolder, golden), recipe, clahe, never);
    expect(input.shape).toEqual([1, 256, 256, 1]);
    const expected = Float32Array.from(readStep(goldenFolder, name, 'equalized'), (byte) => byte / 255);
    expect(differing(input.values, expected)).toBe(0);
  });
});

function differing(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length);
  return Array.from(a).filter((value, n) => !Object.is(value, b[n])).length;
}

const data = '../shared/data';
const python = process.env['METSIGHT_PYTHON'];
const sliceCount = 40;

describe.skipIf(python === undefined || !existsSync(data))(`on ${sliceCount} real slices`, () => {
  test('the whole recipe gives what Python gives, to the last bit', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'metsight-recipe-'));
    try {
      const command = ['-m', 'metsight.recipe_goldens', '--data', resolve(data), '--slices', `${sliceCount}`];
      execFileSync(python!, [...command, '--out', folder], { cwd: 'training' });
      const real = readIndex(folder);
      expect(real.cases).toHaveLength(sliceCount);
      for (const one of real.cases) {
        const { input } = await preprocess(readVolume(folder, one), real.recipe, clahe, never);
        const expected = Float32Array.from(readStep(folder, one.name, 'equalized'), (byte) => byte / 255);
        expect(differing(input.values, expected)).toBe(0);
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  }, 120_000);
});

describe('preprocess', () => {
  const stack = volumeOf(
    Float32Array.from({ length: 3 * 20 * 30 }, (_, n) => 1000 + ((n * 37) % 400) + 500 * Math.floor(n / 600)),
    30,
    20,
    3,
    false,
  );

  test('windows a volume as a whole, so that slices keep their brightness among each other', async () => {
    const { input } = await preprocess(stack, recipe, clahe, never);
    expect(input.shape).toEqual([3, 256, 256, 1]);
    const bytes = windowToBytes(stack.intensities, recipe.intensity);
    for (const k of [0, 1, 2]) {
      const placed = await place(bytes.slice(k * 600, (k + 1) * 600), 20, 30);
      const expected = Float32Array.from(await clahe.equalize(placed, 256, 256, recipe.clahe), (byte) => byte / 255);
      expect(differing(input.values.slice(k * 65536, (k + 1) * 65536), expected)).toBe(0);
    }
  });

  test('says where the slices lie: centred, the odd pixel after', async () => {
    const { placement } = await preprocess(stack, recipe, clahe, never);
    expect(placement).toEqual({
      sourceGrid: stack.grid,
      frame: { axes: [0, 1, 2], isFlipped: [false, false, false], plane: 'none' },
      plane: { rows: 171, cols: 256 },
      windows: [{ top: -42, left: 0 }],
      slices: [0, 1, 2],
    });
  });

  test('reports each slice and stops when the checkpoint throws', async () => {
    const seen: number[][] = [];
    const cancelling: Checkpoint = (stage, done, total) => {
      expect(stage).toBe('preprocess');
      seen.push([done, total]);
      return done === 2 ? Promise.reject(new PipelineFailure({ code: 'cancelled' })) : Promise.resolve();
    };
    await expect(preprocess(stack, recipe, clahe, cancelling)).rejects.toMatchObject({ error: { code: 'cancelled' } });
    expect(seen).toEqual([
      [0, 3],
      [1, 3],
      [2, 3],
    ]);
  });

  test('refuses a recipe whose input is not square', async () => {
    const wide: PreprocessRecipe = { ...recipe, inputSize: [256, 320] };
    await expect(preprocess(stack, wide, clahe, never)).rejects.toThrow('must be square. Received 256 × 320');
  });
});

describe('equalizedOnGrid', () => {
  test('of a picture of the input size is what CLAHE made, pixel for pixel', async () => {
    const square = cases.find(({ name }) => name === 'square-256-u8')!;
    const { input, placement } = await preprocess(readVolume(goldenFolder, square), recipe, clahe, never);
    const seen = equalizedOnGrid(input, placement);
    expect(differing(seen, readStep(goldenFolder, square.name, 'equalized'))).toBe(0);
  });

  test('takes each slice back to its own pixels', () => {
    // Two slices of 2 rows × 4 columns in a square of 4: rows 1 and 2 hold them.
    const values = new Float32Array(32);
    values.set([0, 51, 102, 153, 204, 255, 0, 51], 4);
    values.set([255, 255, 255, 255, 0, 0, 0, 0], 20);
    const seen = equalizedOnGrid(
      { shape: [2, 4, 4, 1], values: values.map((value) => value / 255) },
      {
        sourceGrid: { dims: [8, 4, 2], space: { kind: 'pixels' } },
        frame: { axes: [0, 1, 2], isFlipped: [false, false, false], plane: 'none' },
        plane: { rows: 2, cols: 4 },
        windows: [{ top: -1, left: 0 }],
        slices: [0, 1],
      },
    );
    expect([...seen.slice(0, 8)]).toEqual([0, 13, 38, 64, 89, 115, 140, 153]);
    // Columns: rows of 255 and 0 become 255, 191.25, 63.75, 0.
    expect([...seen.slice(32)].filter((_, n) => n % 8 === 3)).toEqual([255, 191, 64, 0]);
  });
});
