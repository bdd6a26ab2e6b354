import { expect, test } from 'vitest';
import { interval, medians, quantile, ratios } from './bootstrap';
import { matched, mean, median } from './metrics';
import { summarize } from './scores';
import { scoreSlice } from './sliceScore';
import { distanceTo, hd95Px, outlineOf } from './surface';

test('a lesion counts as found by all the predicted components that touch it together', () => {
  const truth = Uint16Array.of(1, 1, 1, 1, 0, 0);
  expect(matched(truth, Uint16Array.of(1, 0, 2, 0, 0, 0))).toEqual([{ areaPx: 4, isMatched: true }]);
  expect(matched(truth, Uint16Array.of(0, 0, 0, 0, 1, 1))).toEqual([{ areaPx: 4, isMatched: false }]);
});

test('a mark is right by all the lesions that it covers together', () => {
  const mark = Uint16Array.of(1, 1, 1, 1, 0, 0);
  expect(matched(mark, Uint16Array.of(1, 0, 2, 0, 0, 0))).toEqual([{ areaPx: 4, isMatched: true }]);
});

test('an intersection over union of exactly a tenth is not enough', () => {
  const truth = new Uint16Array(20).fill(1, 0, 10);
  expect(matched(truth, new Uint16Array(20).fill(1, 9, 10))[0]?.isMatched).toBe(false); // 1 / 10
  expect(matched(truth, new Uint16Array(20).fill(1, 8, 10))[0]?.isMatched).toBe(true); // 2 / 10
});

test('a split without lesions has no Dice, and says of how many patients', () => {
  const empty = new Uint16Array(4);
  const scores = summarize([scoreSlice('a', empty, empty), scoreSlice('b', Uint16Array.of(0, 1, 0, 0), empty)]);
  expect(scores).toMatchObject({
    sliceDice: { mean: null, median: null, n: 0 },
    patientDice: { mean: 0, median: 0, n: 1, undefined: 1 },
    tumourFree: { withFalsePositive: 1, n: 2, share: 0.5, falsePositives: 1, falsePositivesPerSlice: 0.5 },
    lesionSensitivity: { all: { found: 0, n: 0 } },
    lesionPrecision: { all: { right: 0, n: 1 } },
    lesionF1: { all: null },
    intervals: { sliceDiceMean: null, tumourFreeShare: [0, 1], draws: 2000 },
  });
});

test('one patient has no interval', () => {
  const truth = Uint16Array.of(1, 1);
  expect(summarize([scoreSlice('a', truth, truth)])).toMatchObject({ intervals: null, sliceDice: { mean: 1 } });
});

test('the median of an even number is the mean of the middle two', () => {
  expect(median([4, 1, 3, 2])).toBe(2.5);
  expect(median([9, 1, 3])).toBe(3);
  expect(median([])).toBeNaN();
  expect(mean([])).toBeNaN();
});

test('draws repeat a patient’s values as often as they take it', () => {
  const draws = [Uint16Array.of(2, 0), Uint16Array.of(1, 1), Uint16Array.of(0, 2)];
  expect([...ratios(draws, [1, 0], [4, 0])]).toEqual([0.25, 0.25, NaN]);
  const values = [
    { value: 0.9, patient: 0 },
    { value: 0.1, patient: 0 },
    { value: 0.3, patient: 1 },
  ];
  expect([...medians(draws, values)]).toEqual([0.5, 0.3, 0.3]);
  expect([...medians([Uint16Array.of(0, 0)], values)]).toEqual([NaN]);
  expect(interval([NaN, 1, 3])).toEqual([1.05, 2.95]);
  expect(interval([NaN])).toBeNull();
  expect(quantile([1, 2, 10], 0.75)).toBe(6);
});

test('an outline is what touches the outside; distances are straight lines', () => {
  const raster = { cols: 5, rows: 4 };
  // prettier-ignore
  const mask = [
    0, 1, 1, 1, 0,
    0, 1, 1, 1, 0,
    0, 1, 1, 1, 0,
    0, 0, 0, 0, 0,
  ];
  // prettier-ignore
  expect([...outlineOf(mask, raster)]).toEqual([
    0, 1, 1, 1, 0,
    0, 1, 0, 1, 0,
    0, 1, 1, 1, 0,
    0, 0, 0, 0, 0,
  ]);
  const corner = Array.from({ length: 20 }, (_, at) => (at === 0 ? 1 : 0));
  const distances = distanceTo(corner, raster);
  expect(distances).toEqual(Float64Array.from(corner, (_, at) => Math.sqrt((at % 5) ** 2 + Math.floor(at / 5) ** 2)));
  expect(hd95Px(mask, mask, raster)).toBe(0);
  expect(hd95Px(mask, new Array(20).fill(0), raster)).toBeNaN();
});
