import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { PipelineFailure } from '../domain/errors';
import { recipe } from './fixtures/recipe';
import { diameterUnit, sizeOf } from './measured';
import { parseManifest, type ModelManifest } from './manifest';
import { shippedModels } from './shipped';

const sha256 = 'ab'.repeat(32);

const valid: ModelManifest = {
  schemaVersion: 1,
  id: 'nested-unet-t1ce',
  architecture: 'nested-unet',
  sequence: 't1ce',
  outputs: { probability: 'probability', heads: ['head_0_1'], attention: [] },
  preprocess: recipe,
  threshold: { value: 0.45, chosenOn: 't1ce-primary, validation patients' },
  minLesionPx: 12,
  files: [
    { path: 'model.json', bytes: 35281, sha256 },
    { path: 'weights.bin', bytes: 4055998, sha256 },
  ],
  check: { block: 128, means: [0, 0.25, 0.5, 1] },
  parity: [{ backend: 'wasm', maxAbsDiff: 2.6e-8, n: 24 }],
  provenance: {
    date: '2026-01-31',
    commit: '24be0c2',
    dataSets: [{ name: 't1ce-primary', about: 'slices', licence: 'CC BY 4.0' }],
    splitSha256: sha256,
    trainedOn: 'slices',
    notice: 'Research use only.',
  },
  metrics: [{ name: 'mean slice Dice', value: 0.7, n: 300, over: 'validation patients' }],
};

const parse = (manifest: unknown) => parseManifest(new TextEncoder().encode(JSON.stringify(manifest)), valid.id);

/** What is said about a manifest with one field replaced; the path's parts are separated by dots. */
function problem(path: string, value: unknown): string {
  const manifest = structuredClone(valid) as unknown as Record<string, unknown>;
  const names = path.split('.');
  const last = names.pop() ?? '';
  let at = manifest;
  for (const name of names) at = at[name] as Record<string, unknown>;
  if (value === undefined) delete at[last];
  else at[last] = value;
  return problemOf(() => parse(manifest));
}

function problemOf(parsing: () => unknown): string {
  try {
    parsing();
  } catch (thrown) {
    if (thrown instanceof PipelineFailure && thrown.error.code === 'model-invalid') return thrown.error.problem;
    throw thrown;
  }
  return 'none';
}

test('a published answer must be of blocks that cover the picture', () => {
  expect(problem('check.means', [0, 0.25, 0.5])).toContain('check.means must be of blocks that cover the picture');
  expect(problem('check.means', [0, 0.25, 0.5, 7])).toContain('check.means[3] must be a number from 0 to 1');
});

test('a valid manifest comes back as it is', () => {
  expect(parse(valid)).toEqual(valid);
});

test.each([[['left-right']], [['left-right', 'up-down']]])('flips %j come back as they are', (flips) => {
  expect(parse({ ...valid, flips })).toEqual({ ...valid, flips });
});

test('what a run was given comes back as it is; manifests from before lack it', () => {
  const config = { id: 'nested-unet-t1ce', seed: 6, stages: [{ size: 128 }], augmentation: { gamma: 0.2 } };
  for (const training of [
    { config },
    { config, startedFrom: { run: 'a' } },
    { config, startedFrom: { run: 'a', sha256 } },
  ]) {
    const manifest = { ...valid, provenance: { ...valid.provenance, training } };
    expect(parse(manifest)).toEqual(manifest);
  }
  expect(problem('provenance.training', { config: [] })).toBe(
    'provenance.training.config must be an object. Received []',
  );
  expect(problem('provenance.training', { config, startedFrom: { run: 'a', sha256: 'ab' } })).toContain(
    '64 hexadecimal',
  );
});

test.each(shippedModels)('the shipped $id is valid and is what the list says', ({ id, architecture, sequence }) => {
  const bytes = readFileSync(new URL(`../../public/models/${id}/manifest.json`, import.meta.url));
  expect(parseManifest(bytes, id)).toMatchObject({ id, architecture, sequence });
});

test.each([
  ['schemaVersion', 2, 'schemaVersion must be 1. Received 2'],
  ['id', 'attention-unet-t1ce', 'id must be "nested-unet-t1ce". Received "attention-unet-t1ce"'],
  ['architecture', 'u-net', 'architecture must be "nested-unet" or "attention-unet". Received "u-net"'],
  ['sequence', undefined, 'sequence must be "t1ce" or "flair". Received nothing'],
  ['outputs.probability', '', 'outputs.probability must be the name of a node. Received ""'],
  ['outputs.heads', 'head_0_1', 'outputs.heads must be a list of 0 to 16. Received "head_0_1"'],
  ['preprocess.inputSize', [256], 'preprocess.inputSize must be a list of 2 to 2. Received [256]'],
  ['preprocess.inputSize.1', 1e6, 'preprocess.inputSize[1] must be a number from 32 to 1024. Received 1000000'],
  ['preprocess.intensity.kind', 'z-score', 'preprocess.intensity.kind must be "percentile". Received "z-score"'],
  ['preprocess.intensity.low', 99.5, 'preprocess.intensity.low must be below high'],
  ['preprocess.grid.interpolation', 'cubic', 'preprocess.grid.interpolation must be "triangle". Received "cubic"'],
  ['preprocess.clahe.tiles.0', 0, 'preprocess.clahe.tiles[0] must be a number from 1 to 64. Received 0'],
  ['preprocess.blur', { sigma: 1 }, 'preprocess.blur is not known to this version'],
  ['threshold.value', 1.5, 'threshold.value must be a number from 0 to 1. Received 1.5'],
  ['threshold.value', '0.5', 'threshold.value must be a number from 0 to 1. Received "0.5"'],
  ['threshold.value', NaN, 'threshold.value must be a number from 0 to 1. Received null'],
  ['minLesionPx', 1.5, 'minLesionPx must be a whole number from 0 to 1048576. Received 1.5'],
  ['files.1.bytes', 0, 'files[1].bytes must be a number from 1 to 268435456. Received 0'],
  ['files.1.sha256', 'xy'.repeat(32), `files[1].sha256 must be 64 hexadecimal digits. Received "${'xy'.repeat(29)}x…`],
  ['files.1.path', '../secret.bin', 'files[1].path must be a plain file name. Received "../secret.bin"'],
  ['files.1.path', 'model.json', 'files names one file twice'],
  ['files.0.path', 'graph.json', 'files must be model.json, then its weights'],
  ['provenance.date', 'today', 'provenance.date must be a date, YYYY-MM-DD. Received "today"'],
  ['provenance', null, 'provenance must be an object. Received null'],
  ['metrics.0.n', 0, 'metrics[0].n must be a number from 1 to 1000000000. Received 0'],
  ['flips', 'left-right', 'flips must be a list of 1 to 2. Received "left-right"'],
  ['flips', [], 'flips must be a list of 1 to 2. Received []'],
  ['flips', ['half-turn'], 'flips[0] must be "left-right" or "up-down". Received "half-turn"'],
  ['flips', ['up-down', 'up-down'], 'flips names one twice'],
  ['ensemble', { flips: 2 }, 'ensemble is not known to this version'],
])('%s = %j is refused by name', (path, value, said) => {
  expect(problem(path, value)).toBe(said);
});

test('what was measured is read where training wrote it', () => {
  const bin = { probability: 0.5, lesionShare: 0.4, n: 9 };
  const measured = {
    ...valid,
    calibration: {
      ...{ method: 'temperature', temperature: 2, eceBefore: 0.2, eceAfter: 0.1, n: 9, over: 'pixels' },
      boundaryTemperature: 3.1,
      ...{ binsBefore: [bin], bins: [bin], tumourFreeMedian: null },
    },
    froc: [{ threshold: 0.5, sensitivity: 0.9, falsePositivesPerSlice: 0.1 }],
    lesionsBySize: [{ over: 'slices', classes: [{ diameterMm: '<6', found: 1, n: 3 }] }],
    learningCurve: [{ step: 100, size: 128, loss: 0.4, validationDice: 0.5, n: 9 }],
    limits: { failsWhere: ['In the dark.'], notFor: ['Anything.'] },
    metrics: [{ name: 'Dice', value: 0.7, n: 9, over: 'slices', interval: [0.6, 0.8] }],
  };
  const parse = (manifest: object) => parseManifest(new TextEncoder().encode(JSON.stringify(manifest)), valid.id);
  expect(parse(measured)).toEqual(measured);
  expect(() => parse({ ...measured, froc: [{ threshold: 2 }] })).toThrow(PipelineFailure);
  expect(() => parse({ ...measured, calibration: null })).toThrow(PipelineFailure);
  expect(() => parse({ ...measured, lesionsBySize: [{ over: 'slices', classes: [{ diameterMm: '<7' }] }] })).toThrow(
    PipelineFailure,
  );
});

test('sizes in pixels, as earlier manifests have them, are read and called so', () => {
  const earlier = [{ over: 'slices', classes: [{ diameterPx: '>20', found: 1, n: 3 }] }];
  const { lesionsBySize } = parse({ ...valid, lesionsBySize: earlier });
  expect(lesionsBySize).toEqual(earlier);
  expect(diameterUnit(lesionsBySize!)).toBe('px');
  expect(sizeOf(lesionsBySize![0]!.classes[0]!)).toBe('>20');
  expect(diameterUnit([{ over: 'slices', classes: [{ diameterMm: '>20', found: 1, n: 3 }] }])).toBe('mm');
});

test('what is no JSON object is refused', () => {
  expect(problemOf(() => parseManifest(new TextEncoder().encode('<!doctype html>'), valid.id))).toBe('it is not JSON');
  expect(problemOf(() => parseManifest(new Uint8Array([0xff, 0xfe, 0x7b]), valid.id))).toBe('it is not JSON');
  expect(problemOf(() => parse([valid]))).toContain('it must be an object');
});
