import type { DataSet } from 'dicom-parser';
import { expect, test } from 'vitest';
import { cpuMs } from '../fixtures/cpuMs';
import { valueText } from './attributes';

/** As much of a data set as the text of one attribute takes. */
function dataSetOf(value: string): DataSet {
  const byteArray = new TextEncoder().encode(value);
  const elements = { x00100010: { tag: 'x00100010', dataOffset: 0, length: byteArray.length } };
  return { byteArray, elements } as unknown as DataSet;
}

const textOf = (value: string) => valueText(dataSetOf(value), 'x00100010');

test('a value comes without its padding, which a null may be too', () => {
  expect(textOf('  Doe^Jane \0')).toBe('Doe^Jane');
  expect(textOf(' \0 ')).toBe('');
  expect(textOf('a\0b')).toBe('a\0b');
});

test('a megabyte of blanks inside a value takes no time', async () => {
  const value = `a${' '.repeat(2 ** 20)}b`;
  expect(await cpuMs(() => expect(textOf(value)).toBe(value))).toBeLessThan(500);
});
