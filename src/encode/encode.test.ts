import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { decode } from 'fast-png';
import { gunzipSync, unzipSync } from 'fflate';
import { expect, test } from 'vitest';
import type { Affine, Dims } from '../domain/grid';
import { ijk } from '../domain/grid';
import type { Lesion, Mask } from '../domain/volume';
import { encodeRtStruct } from './dicomRtStruct';
import { encodeDicomSeg } from './dicomSeg';
import { decimal } from './dicomWriter';
import { about, obliqueAffine, originOf } from './fixtures/derived';
import { drawnResult } from './fixtures/drawnResult';
import { lesionsCsv } from './lesionsCsv';
import { encodeMaskPngs } from './maskPngs';
import { encodeMaskNifti, encodeProbabilityNifti } from './nifti';
import { encodeMaskPng, encodeProbabilityPng } from './png';
import { encodeReport } from './report';
import { encodeStl } from './stl';

const dims: Dims = [5, 4, 3];
const marked = [7, 8, 27, 59];

function maskOn(affine: Affine): Mask {
  const labels = new Uint16Array(60);
  for (const voxel of marked) labels[voxel] = voxel === 59 ? 2 : 1;
  return { grid: { dims, space: { kind: 'patient', affine } }, labels };
}

const origin = originOf(3);

const python = process.env.METSIGHT_PYTHON;

interface ReadBack {
  readonly dtype: string;
  readonly shape: number[];
  readonly affine: number[][];
  readonly qform: number[][];
  readonly codes: number[];
  readonly extensions: (readonly [code: number, text: string])[];
  readonly values: number[];
  readonly patient: string[];
  readonly frames: { source: string; position: number[]; marked: number[][] }[];
}

function readBack(files: Record<string, Uint8Array>): Record<string, ReadBack> {
  const folder = mkdtempSync(path.join(tmpdir(), 'metsight-encode-'));
  try {
    for (const [name, bytes] of Object.entries(files)) writeFileSync(path.join(folder, name), bytes);
    const program = fileURLToPath(new URL('./fixtures/readBack.py', import.meta.url));
    return JSON.parse(execFileSync(python!, [program, folder], { encoding: 'utf8' }));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const near = (found: readonly number[][], affine: Affine) =>
  affine.flat().forEach((value, n) => expect(found.flat()[n]).toBeCloseTo(value, 4));

test.skipIf(!python)('nibabel and pydicom read back the mask in its place', { timeout: 60_000 }, () => {
  const [right, left] = [maskOn(obliqueAffine(1)), maskOn(obliqueAffine(-1))];
  const probabilities = Float32Array.from({ length: 60 }, (_, n) => n / 60);
  const files = readBack({
    'right.nii.gz': encodeMaskNifti(right, { kind: 'volume', format: 'NRRD' }, about),
    'left.nii.gz': encodeMaskNifti(left, origin, about),
    'p.nii.gz': encodeProbabilityNifti({ grid: right.grid, probabilities }, { kind: 'volume', format: 'MGH' }, about),
    'seg.dcm': encodeDicomSeg(left, origin, about, new Date(2026, 0, 2, 3, 4, 5)),
  });
  for (const [name, handedness] of [
    ['right.nii.gz', 1],
    ['left.nii.gz', -1],
  ] as const) {
    const { dtype, shape, affine, qform, codes, values } = files[name]!;
    expect([dtype, shape, codes]).toEqual(['uint8', [...dims], [1, 1]]);
    near(affine, obliqueAffine(handedness));
    near(qform, obliqueAffine(handedness));
    expect(values.flatMap((value, n) => (value > 0 ? [n] : []))).toEqual(marked);
  }
  expect(files['p.nii.gz']!.values).toEqual([...probabilities]);
  const made = `a-model, weights sha256 ${about.weightsSha256}, p >= 0.5, smallest 20 mm3, wasm (cpu)`;
  for (const name of ['right.nii.gz', 'p.nii.gz']) {
    expect(files[name]!.extensions).toEqual([[6, `metsight 1.2.3: ${made}. Research use only.`]]);
  }
  const { patient, frames } = files['seg.dcm']!;
  expect(patient).toEqual(['Müller^Example', 'ID-1']);
  expect(frames.map(({ source }) => source)).toEqual(['1.2.6.1', '1.2.6.2', '1.2.6.3']);
  expect(frames.map((frame) => frame.marked)).toEqual([[[2, 1], [3, 1]], [[2, 1]], [[4, 3]]]); // prettier-ignore
  const affine = obliqueAffine(-1);
  frames.forEach(({ position }, k) => {
    affine.forEach((row, n) => expect(position[n]).toBeCloseTo((n < 2 ? -1 : 1) * (row[3] + k * row[2]), 4));
  });
});

test('a NIfTI input’s own place is copied, whatever its byte order', () => {
  const header = new Uint8Array(352);
  const view = new DataView(header.buffer);
  view.setInt32(0, 348);
  view.setInt16(252, 2);
  view.setInt16(254, 4);
  [-1, 0.5, 0.6, 0.7].forEach((value, n) => view.setFloat32(76 + 4 * n, value));
  Array.from({ length: 18 }, (_, n) => view.setFloat32(256 + 4 * n, n / 8));
  header[123] = 3;
  header.set(new TextEncoder().encode('n+1\0'), 344);
  const file = gunzipSync(encodeMaskNifti(maskOn(obliqueAffine(1)), { kind: 'nifti', header }, about));
  const read = new DataView(file.buffer, file.byteOffset);
  expect([read.getInt32(0, true), read.getInt16(252, true), read.getInt16(254, true), file[123]]).toEqual([
    348, 2, 4, 3,
  ]);
  expect(Array.from({ length: 18 }, (_, n) => read.getFloat32(256 + 4 * n, true))).toEqual(
    Array.from({ length: 18 }, (_, n) => n / 8),
  );
  expect(read.getFloat32(76, true)).toBe(-1);
});

test('a SEG without lesion still has a frame, and one without a place is refused', () => {
  const empty = { ...maskOn(obliqueAffine(-1)), labels: new Uint16Array(60) };
  expect(encodeDicomSeg(empty, origin, about, new Date()).length).toBeGreaterThan(1000);
  const unplaced: Mask = { grid: { dims, space: { kind: 'pixels' } }, labels: new Uint16Array(60) };
  expect(() => encodeDicomSeg(unplaced, origin, about, new Date())).toThrow(RangeError);
});

test('a SEG says all of how it came about, from which backend another took over too', () => {
  const adapter = '2 threads, SIMD (took over from WebGPU on amd rdna-3: it answered one slice in two ways)';
  const seg = encodeDicomSeg(maskOn(obliqueAffine(1)), origin, { ...about, adapter }, new Date());
  const text = new TextDecoder('latin1').decode(seg);
  for (const fact of [adapter, about.weightsSha256, 'smallest 20 mm3']) expect(text).toContain(fact);
});

test('decimal strings have at most 16 characters and keep what fits', () => {
  const values = [0, 1, -1 / 3, 1e-12 / 7, 123456789.123456, -0.000012345678901234, 5e-324];
  for (const value of values) {
    expect(decimal(value).length).toBeLessThanOrEqual(16);
    expect(Math.abs(Number(decimal(value)) - value)).toBeLessThanOrEqual(Math.abs(value) * 1e-8);
  }
  expect(() => decimal(NaN)).toThrow(RangeError);
});

test('what a person took out of the mask is said in every file of it, and not with the probabilities', () => {
  const mask = maskOn(obliqueAffine(-1));
  const now = new Date(2026, 0, 2);
  const volume = { kind: 'volume', format: 'NRRD' } as const;
  const drawn = drawnResult(1);
  /** As text, whatever else is in it. */
  const filesOf = (rejectedCount: number) => {
    const reviewed = { ...about, rejectedCount };
    const map = { grid: mask.grid, probabilities: new Float32Array(60) };
    const files = {
      nifti: gunzipSync(encodeMaskNifti(mask, volume, reviewed)),
      pngs: encodeMaskPngs(mask, 'stem', reviewed),
      png: encodeMaskPng(mask, 0, reviewed),
      stl: encodeStl(mask, reviewed),
      seg: encodeDicomSeg(mask, origin, reviewed, now),
      rtstruct: encodeRtStruct(mask, drawn.lesions, origin, reviewed, now),
      report: encodeReport({ ...drawn, about: reviewed }, now),
      probability: gunzipSync(encodeProbabilityNifti(map, volume, reviewed)),
      probabilityPng: encodeProbabilityPng(map, 0, reviewed),
    };
    return Object.entries(files).map(([name, content]) => [name, Buffer.from(content).toString('latin1')] as const);
  };
  const word = /rejected by a person|Rejected by a person<\/dt><dd>2 lesions|REJ=2 /;
  const saying = (files: ReturnType<typeof filesOf>) =>
    files.flatMap(([name, text]) => (word.test(text) ? [name] : []));
  expect(saying(filesOf(2))).toEqual(['nifti', 'pngs', 'png', 'stl', 'seg', 'rtstruct', 'report']);
  expect(saying(filesOf(0))).toEqual([]);
  const halfAutomatic = (files: ReturnType<typeof filesOf>) =>
    files.flatMap(([name, text]) => (text.includes('SEMIAUTOMATIC') ? [name] : []));
  expect(halfAutomatic(filesOf(1))).toEqual(['seg', 'rtstruct']);
  expect(halfAutomatic(filesOf(0))).toEqual([]);
});

test('the zip holds a picture a slice, as one looks at them: anterior up, the right on the left', () => {
  const affine: Affine = [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 3, 0]]; // prettier-ignore
  const files = unzipSync(encodeMaskPngs(maskOn(affine), 'stem', about));
  expect(Object.keys(files)).toEqual(['stem.s001.mask.png', 'stem.s002.mask.png', 'stem.s003.mask.png']);
  const { width, height, data, text } = decode(files['stem.s001.mask.png']!);
  expect(text.Description).toContain(about.weightsSha256);
  expect([width, height]).toEqual([5, 4]);
  // Voxels (2, 1) and (3, 1), counted from the patient's right and back.
  expect([...data].flatMap((value, n) => (value > 0 ? [[4 - (n % 5), 3 - Math.floor(n / 5)]] : []))).toEqual([[3, 1], [2, 1]]); // prettier-ignore
});

test('three averaged planes are said beside the model’s id, which stays whole, in every file of a volume', () => {
  const mask = maskOn(obliqueAffine(-1));
  const drawn = drawnResult(1);
  const three = { ...about, isTriPlanar: true };
  const files = {
    nifti: gunzipSync(encodeMaskNifti(mask, { kind: 'volume', format: 'NRRD' }, three)),
    stl: encodeStl(mask, three),
    seg: encodeDicomSeg(mask, origin, three, new Date()),
    rtstruct: encodeRtStruct(mask, drawn.lesions, origin, three, new Date()),
    report: encodeReport({ ...drawn, about: three }, new Date()),
  };
  for (const [name, content] of Object.entries(files)) {
    const text = Buffer.from(content).toString('latin1');
    expect([name, /three planes|3PLANES/.test(text), /a-model, three/.test(text)]).toEqual([name, true, false]);
  }
});

const rule = 'longest >= 10 mm and perpendicular >= 5 mm in slices <= 5 mm apart';

test('the table has a row a lesion, in millimetres, and says how it came about', () => {
  const lesion: Lesion = {
    ...{ id: 1, voxelCount: 10, centroid: ijk(1, 2, 3), meanProbability: 0.75, maxProbability: 0.9, slices: [0, 2] },
    extent: {
      ...{ volumeMm3: 1234.5, longestDiameterMm: 12, perpendicularDiameterMm: 6, diameterSlice: 1 },
      ...{ centroidRas: [-1, 2, 3.456], isMeasurable: true },
    },
  };
  const made = { ...about, modelId: 'a,"b"', rejectedCount: 2, isTriPlanar: true, adapter: '2 threads, SIMD' };
  const mask = maskOn(obliqueAffine(1));
  const [header, row, end, ...more] = lesionsCsv({ lesions: [lesion], mask, about: made }).split('\r\n');
  expect([end, more]).toEqual(['', []]);
  expect(header!.split(',')).toHaveLength(34);
  expect(row).toBe(
    `1,1.2345,12,6,-1,2,3.46,1,2,3,0,2,10,0.75,0.9,yes,yes,,"a,""b""",,"a,""b""",${about.weightsSha256},0.5,20,mm3,2,wasm,"2 threads, SIMD",1.2.3,yes,,k,0,${rule}`,
  );

  // Two networks have looked, the volume is cut along its first axis, the lesion is in one of its slices.
  const sagittal: Mask = { grid: { dims: [1, 8, 8], space: mask.grid.space }, labels: new Uint16Array(64) };
  const found = { place: 3, foundBy: ['a-model', 'b-model'], overlaps: [0.81236] };
  const agreement = { comparedWith: ['b-model'], lesions: new Map([[1, found]]) };
  const thin = { ...lesion, slices: [4, 4] } as const;
  const [names, values] = lesionsCsv({ lesions: [thin], mask: sagittal, about, agreement })
    .split('\r\n')
    .map((line) => line.split(','));
  const told = Object.fromEntries(names!.map((name, n) => [name, values![n]]));
  expect(told).toMatchObject({
    ...{ first_slice: '4', last_slice: '4', slice_axis: 'i', slice_index_from: '0' },
    ...{ rano_bm_measurable: 'yes', in_two_slices: 'no', tri_planar: 'no', model: 'a-model' },
    ...{ place: '3', found_by: 'a-model b-model', overlap_dice: '0.8124', compared_with: 'b-model' },
  });
});

test('a table without a lesion still says how it came about, and sums to nothing', () => {
  const [header, row, end] = lesionsCsv({ lesions: [], mask: maskOn(obliqueAffine(1)), about }).split('\r\n');
  expect(end).toBe('');
  expect(row!.split(',')).toHaveLength(header!.split(',').length);
  expect(row).toBe(`,0,,,,,,,,,,,0,,,,,,,,a-model,${about.weightsSha256},0.5,20,mm3,0,wasm,cpu,1.2.3,no,,k,0,${rule}`);
});

test('a picture’s table has the same columns; those of millimetres are empty', () => {
  const found = { place: 1, foundBy: ['a-model', 'b-model'], overlaps: [0.5] };
  const agreement = { comparedWith: ['b-model'], lesions: new Map([[1, found]]) };
  const mask: Mask = { grid: { dims: [8, 8, 1], space: { kind: 'pixels' } }, labels: new Uint16Array(64) };
  const lesion: Lesion = {
    ...{ id: 1, voxelCount: 31, centroid: ijk(2.25, 4, 0), meanProbability: 0.75, maxProbability: 0.9, slices: [0, 0] },
    extent: undefined,
  };
  const made = { ...about, minSize: { value: 20, unit: 'px' } } as const;
  const tail = `a-model,${about.weightsSha256},0.5,20,px,0,wasm,cpu,1.2.3,no,b-model,k,0,`;
  const [header, row] = lesionsCsv({ lesions: [lesion], mask, about: made, agreement }).split('\r\n');
  expect(header).toBe(lesionsCsv({ lesions: [], mask: maskOn(obliqueAffine(1)), about }).split('\r\n')[0]);
  expect(row).toBe(`1,,,,,,,2.25,4,0,0,0,31,0.75,0.9,,no,1,a-model b-model,0.5,${tail}`);
  expect(lesionsCsv({ lesions: [], mask, about: made, agreement }).split('\r\n')[1]).toBe(
    `,,,,,,,,,,,,0,,,,,,,,${tail}`,
  );
});
