import { expect, test } from 'vitest';
import { pixelMm } from '../dataSet';
import { calibrationErrors, interval, medians, quantile, ratios } from './bootstrap';
import { marks, mean, median, trueLesions } from './metrics';
import { summarize } from './scores';
import { scoreSlice } from './sliceScore';
import { distanceTo, hd95Px, outlineOf } from './surface';

test('a lesion counts as found by all the predicted components that touch it together', () => {
  const truth = Uint16Array.of(1, 1, 1, 1, 0, 0);
  expect(trueLesions(truth, Uint16Array.of(1, 0, 2, 0, 0, 0))).toEqual([{ areaPx: 4, isFound: true }]);
  expect(trueLesions(truth, Uint16Array.of(0, 0, 0, 0, 1, 1))).toEqual([{ areaPx: 4, isFound: false }]);
});

test('an islet of a found lesion is no false positive, and neither is a mark far too large', () => {
  const truth = new Uint16Array(40).fill(1, 0, 20);
  const islet = new Uint16Array(40).fill(1, 0, 18).fill(2, 19, 20).fill(3, 30, 33);
  expect(marks(islet, truth)).toEqual([
    { areaPx: 18, isTouching: true },
    { areaPx: 1, isTouching: true }, // IoU 1 / 20
    { areaPx: 3, isTouching: false },
  ]);
  expect(
    marks(
      new Uint16Array(40).fill(1),
      truth.map((label, n) => (n < 2 ? label : 0)),
    ),
  ).toEqual([
    { areaPx: 40, isTouching: true }, // IoU 2 / 40
  ]);
});

test('an intersection over union of exactly a tenth is not enough to be found', () => {
  const truth = new Uint16Array(20).fill(1, 0, 10);
  expect(trueLesions(truth, new Uint16Array(20).fill(1, 9, 10))[0]?.isFound).toBe(false); // 1 / 10
  expect(trueLesions(truth, new Uint16Array(20).fill(1, 8, 10))[0]?.isFound).toBe(true); // 2 / 10
});

test('a split without lesions has no Dice, and says of how many patients', () => {
  const empty = new Uint16Array(4);
  const quiet = ['b', 'c', 'd', 'e'].map((patient) => scoreSlice(patient, empty, empty, 1));
  const scores = summarize([...quiet, scoreSlice('a', Uint16Array.of(0, 1, 0, 0), empty, 1)]);
  expect(scores).toMatchObject({
    sliceDice: { mean: null, median: null, n: 0 },
    patientDice: { mean: 0, median: 0, n: 1, undefined: 4 },
    tumourFree: { withFalsePositive: 1, n: 5, share: 0.2, falsePositives: 1, falsePositivesPerSlice: 0.2 },
    lesionSensitivity: { all: { found: 0, n: 0 } },
    lesionPrecision: { all: { touching: 0, n: 1 } },
    lesionF1: { all: null },
    intervals: { sliceDiceMean: null, patientDiceMean: null, lesionPrecision: null, draws: 2000 },
  });
  expect(scores.intervals?.tumourFreeShare).toEqual([0, expect.any(Number)]);
});

test('an interval needs five patients who have part in the figure, not five in the split', () => {
  const [lesion, empty] = [Uint16Array.of(1, 1), Uint16Array.of(0, 0)];
  const split = (withLesion: number) =>
    summarize(Array.from({ length: 8 }, (_, n) => scoreSlice(`${n}`, lesion, n < withLesion ? lesion : empty, 1)));
  expect(split(4).intervals).toMatchObject({ sliceDiceMean: null, sliceDiceMedian: null, lesionF1: null });
  expect(split(4).intervals?.lesionPrecision).not.toBeNull();
  expect(split(5).intervals).toMatchObject({ sliceDiceMean: [1, 1], lesionSensitivity: [1, 1], tumourFreeShare: null });
  expect(summarize([scoreSlice('a', lesion, lesion, 1)])).toMatchObject({ intervals: null, sliceDice: { mean: 1 } });
});

test('F1 is 0 where there are lesions and nothing is marked', () => {
  const [lesion, empty] = [Uint16Array.of(1, 1), Uint16Array.of(0, 0)];
  const scores = summarize([1, 2, 3, 4, 5].map((n) => scoreSlice(`${n}`, empty, lesion, 1)));
  expect(scores.lesionF1).toEqual({ '<6': 0, '6-10': null, '10-20': null, '>20': null, all: 0 });
  expect(scores.intervals).toMatchObject({ lesionF1: [0, 0], lesionPrecision: null });
});

test('sizes are in millimetres: of the slice’s spacing, else as if its longer side were the network’s picture', () => {
  const truth = new Uint16Array(29).fill(1); // 6.1 pixels across
  const sizes = (side: number) => summarize([scoreSlice('a', truth, truth, side)]).lesionSensitivity;
  expect(sizes(1)).toMatchObject({ '6-10': { n: 1 } });
  expect(sizes(0.9)).toMatchObject({ '<6': { n: 1 } });
  expect(sizes(2)).toMatchObject({ '10-20': { n: 1 } });
  const slice = { set: 's', id: '1', patient: 'a', split: 'val', imagePath: '', maskPath: undefined, facets: {} };
  expect(pixelMm({ ...slice, spacingMm: 0.7 }, { cols: 512, rows: 300 })).toBe(0.7);
  expect(pixelMm({ ...slice, spacingMm: undefined }, { cols: 512, rows: 300 })).toBe(0.47);
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
  expect(interval([NaN, 1, 3], 5)).toEqual([1.05, 2.95]);
  expect(interval([NaN, 1, 3], 4)).toBeNull();
  expect(interval([NaN], 5)).toBeNull();
  const pixels = { off: [0.5, -1], count: 2 };
  expect([...calibrationErrors(draws, [pixels, undefined])]).toEqual([0.75, 0.75, NaN]);
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
