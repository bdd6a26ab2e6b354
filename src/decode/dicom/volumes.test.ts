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

describe('where several slices lie at one place, and no header says more than their numbers', () => {
  const slice = (name: string, place: number, instanceNumber: number, brightness: number) =>
    dicomFile(`s/${name}.dcm`, {
      instanceNumber: String(instanceNumber),
      imagePosition: `0\\0\\${2 * place}`,
      pixelData: new Uint8Array(2 * side * side).fill(brightness),
    });
  const stack = Array.from({ length: 8 }, (_, n) => slice(`a${n}`, n, n + 1, 1));
  const look = (files: readonly ReturnType<typeof slice>[]) => survey(files, noAssets, noCheckpoint);
  const problem = 'several lie at the same place, and nothing in their headers tells them apart';

  test('two passes are two volumes', async () => {
    const second = Array.from({ length: 8 }, (_, n) => slice(`b${n}`, n, n + 9, 2));
    const { scans } = await look([...second, ...stack]);
    expect(scans.map(({ files }) => files.map(({ path }) => path[2]).join(''))).toEqual(['aaaaaaaa', 'bbbbbbbb']);
  });

  test('two passes whose numbers are the same are not told apart by the names of their files', async () => {
    const second = Array.from({ length: 8 }, (_, n) => slice(`b${n}`, n, n + 1, 2));
    expect(await look([...stack, ...second])).toMatchObject({ scans: [], refused: [{ error: { problem } }] });
  });

  test.each([0, 3, 7])('one that was measured once more, at place %i, makes no second volume', async (place) => {
    const later = slice('b', place, 9, 2);
    expect(await look([...stack, later])).toMatchObject({ scans: [], refused: [{ error: { problem } }] });
    const beside = slice('b', place, place + 1, 2);
    expect(await look([...stack, beside])).toMatchObject({ scans: [], refused: [{ error: { problem } }] });
  });
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
