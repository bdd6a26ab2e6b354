import { expect, test } from 'vitest';
import { parseCsv } from './csv';

test('each row becomes a record by the names of the first', () => {
  expect(parseCsv('id,split\n1,val\n2,test\n')).toEqual([
    { id: '1', split: 'val' },
    { id: '2', split: 'test' },
  ]);
});

test('quoted fields hold commas, quotes and line ends', () => {
  expect(parseCsv('id,note\n1,"a, ""b""\nc"\n')).toEqual([{ id: '1', note: 'a, "b"\nc' }]);
});

test('a byte-order mark, carriage returns, a blank last line and a missing line end are read through', () => {
  const expected = [{ id: '1', note: '' }];
  expect(parseCsv('\uFEFFid,note\r\n1,\r\n\r\n')).toEqual(expected);
  expect(parseCsv('id,note\n1,')).toEqual(expected);
  expect(parseCsv('id,note\n1')).toEqual(expected);
  expect(parseCsv('')).toEqual([]);
});
