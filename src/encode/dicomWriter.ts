/** DICOM files: little endian (PS3.5 §7.1, A.1, A.2) with file meta information (PS3.10 §7.1). */
import { concatenate } from './bytes';

/** One data element. Numbers are for US, UL and AT; items for SQ. */
export interface Element {
  /** 0xggggeeee */
  readonly tag: number;
  readonly vr: string;
  readonly value: string | Uint8Array | readonly number[] | readonly (readonly Element[])[];
}

export const element = (tag: number, vr: string, value: Element['value'] = ''): Element => ({ tag, vr, value });

/** Their length takes four bytes, after two that are reserved. */
const longVrs = ['OB', 'OW', 'SQ', 'UN', 'UT', 'UC', 'UR'];

/** Whether each element says its VR. Where it does, a decimal string ends at 65534 bytes. */
type VrSyntax = 'explicit' | 'implicit';

const transferSyntaxUid: Readonly<Record<VrSyntax, string>> = {
  explicit: '1.2.840.10008.1.2.1',
  implicit: '1.2.840.10008.1.2',
};

/**
 * @param dataset  in any order; text is written in UTF-8, so (0008,0005) must say ISO_IR 192
 * @throws RangeError for a value that its VR cannot hold
 */
export function writeDicom(
  sopClassUid: string,
  sopInstanceUid: string,
  dataset: readonly Element[],
  syntax: VrSyntax = 'explicit',
): Uint8Array {
  const meta = encodeDataset(
    [
      element(0x00020001, 'OB', Uint8Array.of(0, 1)),
      element(0x00020002, 'UI', sopClassUid),
      element(0x00020003, 'UI', sopInstanceUid),
      element(0x00020010, 'UI', transferSyntaxUid[syntax]),
      element(0x00020012, 'UI', implementationClassUid),
      element(0x00020013, 'SH', 'METSIGHT'),
    ],
    'explicit',
  );
  const preamble = new Uint8Array(132);
  preamble.set(new TextEncoder().encode('DICM'), 128);
  const metaLength = encodeElement(element(0x00020000, 'UL', [meta.length]), 'explicit');
  return concatenate([preamble, metaLength, meta, encodeDataset(dataset, syntax)]);
}

/** Drawn once, by the rule of `newUid`: it names this writer. */
const implementationClassUid = '2.25.232906847284471985136405717421938402117';

/** A UID that nobody else has: a random UUID as a decimal number (PS3.5 §B.2). */
export function newUid(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6]! & 0x0f) | 0x40;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  return `2.25.${bytes.reduce((number, byte) => number * 256n + BigInt(byte), 0n)}`;
}

/** DS: at most 16 characters (PS3.5 §6.2), with as many digits as fit. */
export function decimal(value: number): string {
  if (!Number.isFinite(value)) throw new RangeError(`DS must be a finite number. Received ${value}.`);
  for (let digits = 15; digits > 0; digits--) {
    const text = String(Number(value.toPrecision(digits)));
    if (text.length <= 16) return text;
  }
  return '0';
}

export const decimals = (values: readonly number[]) => values.map(decimal).join('\\');

function encodeDataset(elements: readonly Element[], syntax: VrSyntax): Uint8Array {
  return concatenate([...elements].sort((a, b) => a.tag - b.tag).map((one) => encodeElement(one, syntax)));
}

function encodeElement({ tag, vr, value }: Element, syntax: VrSyntax): Uint8Array {
  const body = even(encodeValue(vr, value, syntax), vr);
  return concatenate([syntax === 'explicit' ? headOf(tag, vr, body.length) : implicitHeadOf(tag, body.length), body]);
}

function headOf(tag: number, vr: string, length: number): Uint8Array {
  const isLong = longVrs.includes(vr);
  if (!isLong && length > 0xfffe) throw new RangeError(`${vr} cannot hold ${length} bytes.`);
  const head = new DataView(new ArrayBuffer(isLong ? 12 : 8));
  head.setUint16(0, tag >>> 16, true);
  head.setUint16(2, tag & 0xffff, true);
  head.setUint8(4, vr.charCodeAt(0));
  head.setUint8(5, vr.charCodeAt(1));
  if (isLong) head.setUint32(8, length, true);
  else head.setUint16(6, length, true);
  return new Uint8Array(head.buffer);
}

function implicitHeadOf(tag: number, length: number): Uint8Array {
  const head = new DataView(new ArrayBuffer(8));
  head.setUint16(0, tag >>> 16, true);
  head.setUint16(2, tag & 0xffff, true);
  head.setUint32(4, length, true);
  return new Uint8Array(head.buffer);
}

function encodeValue(vr: string, value: Element['value'], syntax: VrSyntax): Uint8Array {
  if (typeof value === 'string') return new TextEncoder().encode(value);
  if (value instanceof Uint8Array) return value;
  if (vr === 'SQ') {
    return concatenate((value as readonly (readonly Element[])[]).map((item) => encodeItem(item, syntax)));
  }
  return encodeNumbers(vr, value as readonly number[]);
}

/** (FFFE,E000) with its length, in both syntaxes alike. */
function encodeItem(elements: readonly Element[], syntax: VrSyntax): Uint8Array {
  const body = encodeDataset(elements, syntax);
  return concatenate([implicitHeadOf(0xfffee000, body.length), body]);
}

function encodeNumbers(vr: string, numbers: readonly number[]): Uint8Array {
  const size = vr === 'US' ? 2 : 4;
  const view = new DataView(new ArrayBuffer(size * numbers.length));
  numbers.forEach((number, n) => {
    if (vr === 'US') view.setUint16(2 * n, number, true);
    else if (vr === 'UL') view.setUint32(4 * n, number, true);
    else {
      // AT: group, then element.
      view.setUint16(4 * n, number >>> 16, true);
      view.setUint16(4 * n + 2, number & 0xffff, true);
    }
  });
  return new Uint8Array(view.buffer);
}

/** Values have an even length; UIDs and bytes are padded by 0, text by a space. */
function even(bytes: Uint8Array, vr: string): Uint8Array {
  if (bytes.length % 2 === 0) return bytes;
  return concatenate([bytes, Uint8Array.of(['UI', 'OB', 'UN'].includes(vr) ? 0 : 0x20)]);
}
