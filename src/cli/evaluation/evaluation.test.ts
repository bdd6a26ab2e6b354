/** The figures against training's own, over drawn masks and probabilities: see `fixtures/evaluation_golden.py`. */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { expect, test, vi } from 'vitest';
import type { Grid } from '../../domain/grid';
import type { ProbabilityMap } from '../../domain/volume';
import { outline } from '../../pipeline/outline';
import { pixelMm, type DataSlice } from '../dataSet';
import { AgreementTally, type Agreement } from './agreement';
import { draw } from './bootstrap';
import { sizeClass } from './metrics';
import { meanOf } from './report';
import { SplitTally, type SplitFigures } from './splitTally';

// Seconds; far more where every core is busy.
vi.setConfig({ testTimeout: 180_000 });

const golden = JSON.parse(readFileSync(new URL('./fixtures/evaluation.golden.json', import.meta.url), 'utf8')) as {
  rows: number;
  cols: number;
  temperature: number;
  thresholds: [number, number];
  smallest: [number, number];
  slices: { patient: string; facets: object; spacingMm: number; truth: string; probabilities: [string, string] }[];
  figures: [SplitFigures, SplitFigures];
  ensemble: SplitFigures;
  agreement: Omit<Agreement, 'set' | 'split'>;
  sizeClasses: [areaPx: number, pixelMm: number, name: string][];
  draws: [patientCount: number, firstTwoAndLast: number[][]][];
};

const grid: Grid = { dims: [golden.cols, golden.rows, 1], space: { kind: 'pixels' } };
const pixels = (packed: string) => gunzipSync(Buffer.from(packed, 'base64'));
const map = (values: Iterable<number>): ProbabilityMap => ({ grid, probabilities: Float32Array.from(values) });

const slices = golden.slices.map(({ patient, facets, spacingMm, truth, probabilities }, n) => ({
  slice: {
    ...{ set: 'drawn', split: 'val', id: String(n), imagePath: '', maskPath: undefined },
    ...{ patient, facets, spacingMm },
  } satisfies DataSlice,
  maps: probabilities.map((packed) => map(Float32Array.from(pixels(packed), (level) => level / 255))),
  truth: outline(map(pixels(truth)), { threshold: 0.5, minVoxelCount: 1 }).mask.labels,
}));

const rule = (n: 0 | 1) => ({ threshold: golden.thresholds[n], minVoxelCount: golden.smallest[n] });

function figures(n: 0 | 1, temperature: number): SplitFigures {
  const tally = new SplitTally('drawn', 'val', temperature);
  // Of the second the spacing is not known: its sizes are as if the longer side were 256 pixels of 0.94 mm.
  for (const { slice, maps, truth } of slices) {
    tally.add(n === 0 ? slice : { ...slice, spacingMm: undefined }, maps[n]!, truth, rule(n));
  }
  return tally.figures();
}

/** Sums are taken in another order and distances in float32 there: what differs must do so beyond the sixth digit. */
const rounded = (value: unknown) =>
  JSON.parse(JSON.stringify(value), (_, part) => (typeof part === 'number' ? Number(part.toPrecision(6)) : part));

test('the bootstrap draws the patients that NumPy draws', () => {
  for (const [patientCount, expected] of golden.draws) {
    const draws = draw(patientCount);
    expect(draws).toHaveLength(2000);
    expect([draws[0]!, draws[1]!, draws.at(-1)!].map((taken) => [...taken])).toEqual(expected);
  }
});

test('every figure of a split is training’s: Dice, lesions, intervals, HD95, calibration, FROC, by facet', () => {
  expect(rounded(figures(0, golden.temperature))).toEqual(rounded(golden.figures[0]));
  expect(rounded(figures(1, 1))).toEqual(rounded(golden.figures[1]));
});

test('the ensemble is the mean of the probabilities', () => {
  const tally = new SplitTally('drawn', 'val', 1);
  const threshold = (golden.thresholds[0] + golden.thresholds[1]) / 2;
  const mean = { threshold, minVoxelCount: Math.max(...golden.smallest) };
  for (const { slice, maps, truth } of slices) tally.add(slice, meanOf(maps), truth, mean);
  expect(rounded(tally.figures())).toEqual(rounded(golden.ensemble));
});

test('both networks are compared lesion by lesion', () => {
  const tally = new AgreementTally();
  for (const { slice, maps, truth } of slices) {
    const [first, second] = ([0, 1] as const).map((n) => outline(maps[n]!, rule(n)).mask.labels);
    tally.add(first!, second!, truth, pixelMm(slice, golden));
  }
  expect(rounded(tally.figures('drawn', 'val'))).toEqual({ set: 'drawn', split: 'val', ...rounded(golden.agreement) });
});

test('size classes part at the same areas', () => {
  for (const [areaPx, side, name] of golden.sizeClasses)
    expect([areaPx, side, sizeClass(areaPx, side)]).toEqual([areaPx, side, name]);
});
