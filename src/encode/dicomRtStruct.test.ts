import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { type Dims, ijk } from '../domain/grid';
import type { Lesion, Mask } from '../domain/volume';
import { encodeRtStruct } from './dicomRtStruct';
import { about, obliqueAffine, originOf } from './fixtures/derived';
import { encodeMaskNifti } from './nifti';

const python = process.env.METSIGHT_PYTHON;

interface Read {
  readonly patient: readonly string[];
  readonly syntax: string;
  readonly description: string;
  readonly rois: readonly {
    readonly number: number;
    readonly name: string;
    readonly colour: readonly number[];
    readonly sources: readonly string[];
    readonly contours: number;
    readonly voxels: number;
  }[];
  readonly labels: readonly number[];
  readonly differing: number;
}

function maskOf(dims: Dims, labels: Uint16Array): Mask {
  return { grid: { dims, space: { kind: 'patient', affine: obliqueAffine(-1) } }, labels };
}

const lesionsOf = ({ labels }: Mask): Lesion[] =>
  [...new Set(labels)]
    .filter((id) => id > 0)
    .sort((a, b) => a - b)
    .map((id) => ({
      ...{ id, voxelCount: labels.filter((label) => label === id).length, centroid: ijk(0, 0, 0) },
      ...{ meanProbability: 0.75, maxProbability: 0.9, slices: [0, 0], extent: undefined },
    }));

function readBack(masks: Readonly<Record<string, Mask>>): Readonly<Record<string, Read>> {
  const folder = mkdtempSync(path.join(tmpdir(), 'metsight-rtstruct-'));
  const put = (name: string, bytes: Uint8Array) => writeFileSync(path.join(folder, name), bytes);
  try {
    for (const [stem, mask] of Object.entries(masks)) {
      const origin = originOf(mask.grid.dims[2]);
      put(`${stem}.rtstruct.dcm`, encodeRtStruct(mask, lesionsOf(mask), origin, about, new Date(2026, 0, 2, 3, 4, 5)));
      put(`${stem}.mask.nii.gz`, encodeMaskNifti(mask, origin, about));
    }
    const program = fileURLToPath(new URL('./fixtures/readRtStruct.py', import.meta.url));
    return JSON.parse(execFileSync(python!, [program, folder], { encoding: 'utf8', maxBuffer: 1 << 28 }));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Two slices drawn in text, digits are labels: a ring with a dot in it, a single voxel, corners that touch, the border. */
const drawn = [
  ['11111..2', '1...1...', '1.1.1.33', '1...1.3.', '11111..3', '4......3'],
  ['11111...', '11111...', '111.1...', '11111.33', '11111...', '44444444'],
];
const drawnMask = maskOf(
  [8, 6, 2],
  Uint16Array.from(drawn.flat().join(''), (sign) => Number(sign) || 0),
);

test.skipIf(!python)(
  'pydicom reads one ROI a lesion, and OpenCV fills its contours to the same voxels',
  { timeout: 60_000 },
  () => {
    const read = readBack({ drawn: drawnMask })['drawn.rtstruct.dcm']!;
    expect(read.labels).toEqual([...drawnMask.labels]);
    expect(read.differing).toBe(0);
    expect(read.patient).toEqual(['Müller^Example', 'ID-1']);
    expect(read.syntax).toBe('1.2.840.10008.1.2');
    expect(read.rois.map(({ number, name, contours }) => [number, name, contours])).toEqual([
      [1, 'Lesion 1', 3],
      [2, 'Lesion 2', 1],
      [3, 'Lesion 3', 3],
      [4, 'Lesion 4', 2],
    ]);
    expect(read.rois[0]!.sources).toEqual(['1.2.6.1', '1.2.6.1', '1.2.6.2']);
    expect(new Set(read.rois.map(({ colour }) => colour.join())).size).toBe(4);
    for (const fact of ['metsight 1.2.3', 'a-model', about.weightsSha256, '0.5', 'wasm', 'Research use only']) {
      expect(read.description).toContain(fact);
    }
  },
);

/** The same at every run: a linear congruential generator (Numerical Recipes, ch. 7.1). */
function random(seed: number) {
  let state = seed;
  return () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
}

test.skipIf(!python)('any mask comes back voxel by voxel, with holes, dots and all', { timeout: 60_000 }, () => {
  const masks = Object.fromEntries(
    Array.from({ length: 12 }, (_, seed) => {
      const next = random(seed + 1);
      const share = 0.1 + 0.8 * next();
      // Blocks of 1 to 3 labels; every voxel by chance in or out.
      const labels = Uint16Array.from({ length: 20 * 16 * 3 }, (_, n) =>
        next() < share ? 1 + Math.floor((n % 20) / 7) : 0,
      );
      return [`random${seed}`, maskOf([20, 16, 3], labels)];
    }),
  );
  const read = readBack(masks);
  const labels = Object.fromEntries(Object.keys(masks).map((stem) => [stem, read[`${stem}.rtstruct.dcm`]!.labels]));
  expect(labels).toEqual(Object.fromEntries(Object.entries(masks).map(([stem, mask]) => [stem, [...mask.labels]])));
});

test.skipIf(!python)('without a lesion there is one ROI, which says so', { timeout: 60_000 }, () => {
  const { rois } = readBack({ empty: maskOf([4, 4, 2], new Uint16Array(32)) })['empty.rtstruct.dcm']!;
  expect(rois.map(({ name, contours, voxels }) => [name, contours, voxels])).toEqual([['No lesion found', 0, 0]]);
});

test('a contour of thousands of points is written whole, and a mask without a place is refused', () => {
  // A comb: two corners for each tooth and each gap, more text than a value with an explicit VR can hold.
  const labels = Uint16Array.from({ length: 4096 * 2 }, (_, n) => (n >= 4096 || n % 2 === 0 ? 1 : 0));
  const mask = maskOf([4096, 2, 1], labels);
  expect(encodeRtStruct(mask, lesionsOf(mask), originOf(1), about, new Date()).length).toBeGreaterThan(0x10000);
  const unplaced: Mask = { grid: { dims: [4096, 2, 1], space: { kind: 'pixels' } }, labels };
  expect(() => encodeRtStruct(unplaced, [], originOf(1), about, new Date())).toThrow(RangeError);
});
