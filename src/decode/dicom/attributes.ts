/** Values of attributes as the program wants them: absent, empty and senseless are all undefined. */
import type { DataSet } from 'dicom-parser';
import { tag } from './tags';

/** The value field as text, values parted by a backslash, without padding; decoded by the instance's character set. */
export function valueText(dataSet: DataSet, name: string, characterSet?: string): string | undefined {
  const element = dataSet.elements[name];
  if (!element || element.items) return undefined;
  const start = element.dataOffset;
  const bytes = dataSet.byteArray.subarray(start, start + element.length);
  const text = decoderFor(characterSet).decode(bytes).replaceAll(designation, '');
  // Not by a regular expression: one that ends in "$" is tried again at every character of a run of padding.
  let end = text.length;
  while (text[end - 1] === ' ' || text[end - 1] === '\0') end--;
  return text.slice(0, end).replace(/^ +/, '');
}

/** One value of a code, an identifier or a text; undefined if it is empty. */
export function text(dataSet: DataSet, name: string, index = 0): string | undefined {
  return valueText(dataSet, name)?.split('\\')[index]?.trim() || undefined;
}

export function texts(dataSet: DataSet, name: string): readonly string[] {
  return (valueText(dataSet, name) ?? '').split('\\').map((value) => value.trim());
}

/** Values of DS and IS, or undefined if one is no number. */
export function numbers(dataSet: DataSet, name: string): readonly number[] | undefined {
  const values = texts(dataSet, name);
  if (values.some((value) => value === '' || !Number.isFinite(Number(value)))) return undefined;
  return values.map(Number);
}

export const number = (dataSet: DataSet, name: string) => numbers(dataSet, name)?.[0];

/** Values of FD. */
export function doubles(dataSet: DataSet, name: string): readonly number[] | undefined {
  const count = Math.floor((dataSet.elements[name]?.length ?? 0) / 8);
  const values = Array.from({ length: count }, (_, index) => dataSet.double(name, index) ?? NaN);
  return count > 0 && values.every(Number.isFinite) ? values : undefined;
}

/** The data set of one item of a sequence. */
export function item(dataSet: DataSet | undefined, name: string, index = 0): DataSet | undefined {
  return dataSet?.elements[name]?.items?.[index]?.dataSet;
}

/**
 * Where a functional group's attributes are (PS3.3 C.7.6.16): with the frame, else shared by all frames, else in the
 * instance itself, as in classic images.
 */
export function functionalGroup(dataSet: DataSet, frame: number, sequence: string): DataSet {
  return (
    item(item(dataSet, tag.perFrameFunctionalGroups, frame), sequence) ??
    item(item(dataSet, tag.sharedFunctionalGroups), sequence) ??
    dataSet
  );
}

/** PS3.3 C.12.1.1.2. */
const encodings: Record<string, string> = {
  'ISO_IR 100': 'latin1',
  'ISO_IR 101': 'iso-8859-2',
  'ISO_IR 109': 'iso-8859-3',
  'ISO_IR 110': 'iso-8859-4',
  'ISO_IR 144': 'iso-8859-5',
  'ISO_IR 127': 'iso-8859-6',
  'ISO_IR 126': 'iso-8859-7',
  'ISO_IR 138': 'iso-8859-8',
  'ISO_IR 148': 'windows-1254',
  'ISO_IR 166': 'windows-874',
  'ISO_IR 13': 'shift_jis',
  'ISO_IR 192': 'utf-8',
  GB18030: 'gb18030',
  GBK: 'gbk',
  'ISO 2022 IR 87': 'iso-2022-jp',
  'ISO 2022 IR 149': 'euc-kr',
  'ISO 2022 IR 58': 'gbk',
};

/** ESC $ ) C and the like say which character set follows; the decoders of Korean and Chinese know it already. */
const designation = /\x1b\$?[()\-.]?[A-Z0-9]/g;

/** The instance's character set, to be handed to `valueText`: the last that is known, since it extends the first. */
export function characterSetOf(dataSet: DataSet): string | undefined {
  return texts(dataSet, tag.specificCharacterSet).findLast((name) => encodings[name] !== undefined);
}

const decoders = new Map<string, TextDecoder>();

function decoderFor(characterSet: string | undefined): TextDecoder {
  const encoding = encodings[characterSet ?? ''] ?? 'latin1';
  const decoder = decoders.get(encoding) ?? new TextDecoder(encoding);
  decoders.set(encoding, decoder);
  return decoder;
}
