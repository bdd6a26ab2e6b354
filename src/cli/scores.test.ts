import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import type { Grid } from '../domain/grid';
import { outline } from '../pipeline/outline';
import { diceFromCounts, mean, median, sizeClass } from './metrics';
import { scoresTable, scoreSlice, scoreSplit, type SplitScores } from './scores';

interface GoldenSlice {
  patient: string;
  predicted: string[];
  truth: string[];
  counts: [tp: number, fp: number, fn: number];
  dice: number | null;
  lesions: [areaPx: number, isFound: boolean][];
}

/** What training's own metrics say: see `fixtures/metrics_golden.py`. */
const golden = JSON.parse(readFileSync(new URL('./fixtures/metrics.golden.json', import.meta.url), 'utf8')) as {
  slices: GoldenSlice[];
  split: SplitScores;
  sizeClasses: [areaPx: number, name: string][];
};

function labels(rows: string[]): Uint16Array {
  const grid: Grid = { dims: [rows[0]!.length, rows.length, 1], space: { kind: 'pixels' } };
  const probabilities = Float32Array.from(rows.join(''), (pixel) => (pixel === '#' ? 1 : 0));
  return outline({ grid, probabilities }, { threshold: 0.5, minVoxelCount: 1 }).mask.labels;
}

const scored = () =>
  golden.slices.map(({ patient, predicted, truth }) => scoreSlice(patient, labels(predicted), labels(truth)));

/** Sums are taken in another order there: the last digits may differ. */
const to12Digits = (value: unknown) =>
  JSON.parse(JSON.stringify(value), (_, part) => (typeof part === 'number' ? Number(part.toPrecision(12)) : part));

test('each drawn slice has the counts and the found lesions that training’s metrics give', () => {
  for (const [n, { counts, lesions }] of scored().entries()) {
    const expected = golden.slices[n]!;
    expect([counts.tp, counts.fp, counts.fn]).toEqual(expected.counts);
    const dice = diceFromCounts(counts);
    expect(Number.isNaN(dice) ? null : dice).toBe(expected.dice);
    const found = lesions.map(({ areaPx, isFound }) => [areaPx, isFound] as [number, boolean]);
    expect(found.sort((a, b) => a[0] - b[0] || Number(a[1]) - Number(b[1]))).toEqual(expected.lesions);
  }
});

test('their figures over a split are those of training’s metrics and numpy', () => {
  expect(to12Digits(scoreSplit('drawn', 'val', scored()))).toEqual(to12Digits(golden.split));
});

test('size classes part at the same areas', () => {
  expect(golden.sizeClasses.map(([areaPx]) => [areaPx, sizeClass(areaPx)])).toEqual(golden.sizeClasses);
});

test('a lesion counts as found by all the predicted components that touch it together', () => {
  const truth = Uint16Array.of(1, 1, 1, 1, 0, 0);
  expect(scoreSlice('p', Uint16Array.of(1, 0, 2, 0, 0, 0), truth).lesions).toEqual([{ areaPx: 4, isFound: true }]);
  expect(scoreSlice('p', Uint16Array.of(0, 0, 0, 0, 1, 1), truth).lesions).toEqual([{ areaPx: 4, isFound: false }]);
});

test('an intersection over union of exactly a tenth is not enough', () => {
  const truth = new Uint16Array(20).fill(1, 0, 10);
  const at = (length: number) => new Uint16Array(20).fill(1, 9, 9 + length);
  expect(scoreSlice('p', at(1), truth).lesions[0]?.isFound).toBe(false); // 1 / 10
  expect(scoreSlice('p', new Uint16Array(20).fill(1, 8, 10), truth).lesions[0]?.isFound).toBe(true); // 2 / 10
});

test('a split without lesions has no Dice, and says of how many patients', () => {
  const empty = new Uint16Array(4);
  const scores = scoreSplit('s', 'val', [
    scoreSlice('a', empty, empty),
    scoreSlice('b', Uint16Array.of(0, 1, 0, 0), empty),
  ]);
  expect(scores).toMatchObject({
    sliceDice: { mean: null, median: null, n: 0 },
    patientDice: { mean: 0, median: 0, n: 1, undefined: 1 },
    tumourFree: { withFalsePositive: 1, n: 2, share: 0.5 },
    lesionSensitivity: { all: { found: 0, n: 0 } },
  });
  expect(scoresTable([scores])[1]).toMatch(/^s +val +2 +2 +— +— +0 +0\.000/);
});

test('the median of an even number is the mean of the middle two', () => {
  expect(median([4, 1, 3, 2])).toBe(2.5);
  expect(median([9, 1, 3])).toBe(3);
  expect(median([])).toBeNaN();
  expect(mean([])).toBeNaN();
});
