import { expect, test } from 'vitest';
import { exportFormats, exportFormatsFor, lackingFor } from './exportFormat';
import type { Grid } from './grid';
import type { DicomOrigin } from './scan';

const placed: Grid = {
  dims: [4, 4, 2],
  space: { kind: 'patient', affine: [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0]] }, // prettier-ignore
};
const unplaced: Grid = { dims: [4, 4, 2], space: { kind: 'pixels' } };
const slice = { sopClassUid: '1.2.3', sopInstanceUid: '1.2.4', frameNumber: undefined };
const origin: DicomOrigin = {
  ...{ kind: 'dicom', studyInstanceUid: '1.1', seriesInstanceUid: '1.2', frameOfReferenceUid: '1.3' },
  ...{ slices: [slice, undefined], attributes: [] },
};
const isDicom = (format: string) => format === 'dicom-seg' || format === 'rtstruct';

test('of a series with a place and names everything can be made, also where a slice is missing', () => {
  expect(exportFormatsFor({ origin, grid: placed })).toEqual(exportFormats);
});

test.each<[string, Partial<DicomOrigin>]>([
  ['study', { studyInstanceUid: '' }],
  ['series', { seriesInstanceUid: '' }],
  ['frame of reference', { frameOfReferenceUid: '' }],
  ['image', { slices: [slice, { ...slice, sopInstanceUid: '' }] }],
  ['kind of image', { slices: [slice, { ...slice, sopClassUid: '' }] }],
])('of a series whose %s has no UID nothing is made that would have to refer to it', (_, without) => {
  const input = { origin: { ...origin, ...without }, grid: placed };
  expect(exportFormatsFor(input)).toEqual(exportFormats.filter((format) => !isDicom(format)));
  expect(lackingFor('rtstruct', input)).toMatch(/have UIDs$/);
});

test('what lies nowhere has no surface and nothing that a PACS would place', () => {
  expect(exportFormatsFor({ origin, grid: unplaced })).toEqual(['nifti', 'png', 'csv', 'report', 'probability']);
  expect(exportFormatsFor({ origin: { kind: 'picture' }, grid: unplaced })).toEqual(['csv', 'report']);
});
