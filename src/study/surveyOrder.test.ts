import { expect, test } from 'vitest';
import type { Scan, Sequence } from '../domain/scan';
import { firstToShow, listed } from './surveyOrder';

const picture = (path: string): Scan => ({
  id: path,
  kind: 'picture',
  name: path,
  stem: path,
  files: [{ path, blob: new Blob() }],
  warnings: [],
});
const series = (id: string, sequence: Sequence, ...paths: string[]): Scan => ({
  ...picture(id),
  kind: 'dicom',
  files: paths.map((path) => ({ path, blob: new Blob() })),
  series: { description: id, number: 1, sequence, dims: [4, 4, 4] },
});
const empty = { code: 'empty-file' } as const;

test('scans and refused files are listed in the order in which they were chosen', () => {
  const survey = {
    scans: [picture('c'), series('s', 'T2', 'e', 'b')],
    refused: [{ path: 'a', error: empty }, { path: 'd', error: empty }], // prettier-ignore
    ignored: [],
  };
  const names = listed(survey, ['a', 'b', 'c', 'd', 'e']).map((one) =>
    one.kind === 'scan' ? one.scan.id : one.refused.path,
  );
  expect(names).toEqual(['a', 's', 'c', 'd']);
});

test('what came out of an archive, under paths that were not chosen, comes last and in its own order', () => {
  const survey = { scans: [picture('x.zip/2'), picture('x.zip/1'), picture('b')], refused: [], ignored: [] };
  const names = listed(survey, ['b', 'x.zip']).map((one) => one.kind === 'scan' && one.scan.id);
  expect(names).toEqual(['b', 'x.zip/2', 'x.zip/1']);
});

test('of several series the one that the network was trained on is shown first', () => {
  const scans = (['T2', 'FLAIR', 'unknown', 'T1-CE', 'T1-CE'] as const).map((sequence, index) =>
    series(`${index}`, sequence, `${index}`),
  );
  const list = scans.map((scan) => ({ kind: 'scan', scan }) as const);
  expect(firstToShow(list, 't1ce')).toBe(3);
  expect(firstToShow(list, 'flair')).toBe(1);
  expect(firstToShow(list.slice(0, 3), 't1ce')).toBe(2);
});

test('of pictures the first is shown, readable or not', () => {
  const refused = { kind: 'refused', refused: { path: 'a', error: empty } } as const;
  expect(firstToShow([refused, { kind: 'scan', scan: picture('b') }], 't1ce')).toBe(0);
  expect(firstToShow([], 't1ce')).toBeUndefined();
});
