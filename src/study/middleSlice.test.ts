import { expect, test } from 'vitest';
import type { Scan } from '../domain/scan';
import { middleSlice } from './middleSlice';

const files = ['a', 'b', 'c'].map((path) => ({ path, blob: new Blob() }));
const series: Scan = { id: '1', kind: 'dicom', name: 'Series 1', stem: 'series-1', files, warnings: [] };

test('the middle slice of a series of files is one file', () => {
  expect(middleSlice(series)).toMatchObject({ files: [{ path: 'b' }], frames: [{ file: 0, frame: 0 }] });
});

test('of a file of many frames it is that frame; missing slices are passed over', () => {
  const frames = [undefined, { file: 0, frame: 0 }, { file: 0, frame: 7 }, { file: 0, frame: 8 }];
  expect(middleSlice({ ...series, frames })).toMatchObject({ files: [{ path: 'a' }], frames: [{ file: 0, frame: 7 }] });
});

test('other files cannot be read in part', () => {
  expect(middleSlice({ ...series, kind: 'volume' })).toBeUndefined();
});
