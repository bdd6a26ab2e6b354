import { describe, expect, test } from 'vitest';
import { decode } from '../decode';
import { type Attributes, dicomFile, dicomSeries, side } from '../fixtures/dicomFile';
import { survey } from '../survey';

const noAssets = () => Promise.reject(new Error('no program is needed'));
const noCheckpoint = () => Promise.resolve();

/** Two stacks of six slices, 2 mm apart, the second `shiftMm` above the first. */
async function twoStacks(shiftMm: number, first: Attributes, second: Attributes) {
  const stack = (from: number, fields: Attributes) =>
    Array.from({ length: 6 }, (_, n) =>
      dicomFile(`s/${from}-${n}.dcm`, {
        instanceNumber: `${10 * from + n}`,
        imagePosition: `0\\0\\${2 * n + from * shiftMm}`,
        ...fields,
      }),
    );
  const { scans, refused } = await survey([...stack(0, first), ...stack(1, second)], noAssets, noCheckpoint);
  expect(refused).toEqual([]);
  return scans.map(({ series, warnings }) => ({ slices: series?.dims[2], warnings }));
}

describe('two stacks that were set into one another, half a spacing apart', () => {
  test.each([
    ['contrast agent', { contrastAgent: 'Gadovist' }],
    ['image type', { imageType: 'DERIVED\\SECONDARY\\M\\SUBTRACT' }],
  ])('are two volumes where they differ in their %s', async (by, fields) => {
    const apart = [{ code: 'several-volumes', volumeCount: 2, by }];
    expect(await twoStacks(1, {}, fields)).toEqual([{ slices: 6, warnings: apart }, { slices: 6, warnings: apart }]); // prettier-ignore
  });

  test.each([
    ['acquisition number', { acquisitionNumber: '1' }, { acquisitionNumber: '2' }],
    ['acquisition time', { acquisitionTime: '100000' }, { acquisitionTime: '101000' }],
  ])('are one with a word of it where they differ in their %s', async (by, first, second) => {
    expect(await twoStacks(1, first, second)).toEqual([{ slices: 12, warnings: [{ code: 'slices-alternate', by }] }]);
  });

  test('are one where nothing differs', async () => {
    expect(await twoStacks(1, {}, {})).toEqual([{ slices: 12, warnings: [] }]);
  });
});

test('two halves of a stack, of which a header calls only one enhanced, are one volume', async () => {
  expect(await twoStacks(12, {}, { contrastAgent: 'Gadovist' })).toEqual([{ slices: 12, warnings: [] }]);
});

test('a classic image of several frames, which has one place for all, is one unplaced volume', async () => {
  const pixelData = new Uint8Array(2 * side * side * 6).map((_, n) => n % 251);
  const { scans } = await survey([dicomFile('s/all', { numberOfFrames: '6', pixelData })], noAssets, noCheckpoint);
  expect(scans.map(({ series }) => series?.dims)).toEqual([[side, side, 6]]);
  const { grid, warnings } = await decode(scans[0]!, noAssets, noCheckpoint);
  expect(grid).toEqual({ dims: [side, side, 6], space: { kind: 'pixels' } });
  expect(warnings.map(({ code }) => code)).toEqual(expect.arrayContaining(['slices-unplaced', 'sequence-unsaid']));
  const usual = await survey(dicomSeries('s', 3), noAssets, noCheckpoint);
  expect(usual.scans[0]!.warnings).toEqual([]);
});
