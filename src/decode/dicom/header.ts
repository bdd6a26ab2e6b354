/**
 * A DICOM file's header, read from as little of the file as holds it. dicom-parser works behind bounds of our own: it
 * throws strings, overflows the stack on deep nesting, and takes what a length claims for true.
 */
import dicomParser, { type DataSet } from 'dicom-parser';
import type { FileBytes } from '../../domain/scan';
import { maximumFileBytes } from '../bounds';
import { bytesOf } from '../byteSource';
import { corrupt, truncated } from '../failures';
import { number, text } from './attributes';
import { inflateDeflated } from './deflated';
import { isPrivateClass, objectOf } from './objects';
import { tag } from './tags';

export const format = 'DICOM';

export interface DicomHeader {
  readonly dataSet: DataSet;
  readonly transferSyntax: string;
  /** undefined: there are none. */
  readonly pixels: PixelElement | undefined;
}

export interface PixelElement {
  /** What `offset` counts in: the file, or what a deflated one inflates to. */
  readonly content: FileBytes;
  readonly offset: number;
  /** undefined: encapsulated, up to its own end. */
  readonly byteLength: number | undefined;
  readonly vr: string | undefined;
}

export const transferSyntaxes = {
  implicitLittleEndian: '1.2.840.10008.1.2',
  explicitLittleEndian: '1.2.840.10008.1.2.1',
  deflated: '1.2.840.10008.1.2.1.99',
  explicitBigEndian: '1.2.840.10008.1.2.2',
  rle: '1.2.840.10008.1.2.5',
} as const;

/** Most headers fit; it grows fourfold until the pixels begin. */
const firstBytes = 2 ** 16;

/** An enhanced image of 10,000 frames has a tenth of it. */
const maximumHeaderBytes = 2 ** 26;

/** Enhanced images of thousands of frames are not deflated; a megabyte of zeros that were is read in the time of it. */
const maximumInflatedHeaderBytes = 2 ** 24;

/** A header deflates by three to ten; what goes on beyond this is made to go on. */
const headerDeflateRatio = 64;

/** PS3.10 §7.1: the preamble of a file, then "DICM". */
const prefixOffset = 128;

/**
 * @returns the header up to the pixels; of an object without an image (see `objectOf`) perhaps only its first part
 * @throws PipelineFailure 'corrupt-file', 'truncated-file', 'unreadable-file'
 */
export async function readHeader(file: FileBytes): Promise<DicomHeader> {
  for (let length = firstBytes; ; length *= 4) {
    const bytes = await bytesOf(file.slice(0, Math.min(length, file.size)));
    const { dataSet, transferSyntax, start } = parse(bytes, false);
    if (transferSyntax === transferSyntaxes.deflated) return inflatedAlone(file, start);
    const found = headerOf(dataSet, transferSyntax, file);
    if (found.pixels || bytes.length >= file.size || !mayHavePixels(dataSet)) return found;
    if (length >= maximumHeaderBytes && isPrivateClass(sopClassOf(dataSet) ?? '')) return found;
    if (length >= maximumHeaderBytes) throw corrupt(format, 'its header does not end');
  }
}

function headerOf(dataSet: DataSet, transferSyntax: string, content: FileBytes): DicomHeader {
  const element = dataSet.elements[tag.pixelData];
  if (!element) return { dataSet, transferSyntax, pixels: undefined };
  const byteLength = element.hadUndefinedLength ? undefined : element.length;
  return { dataSet, transferSyntax, pixels: { content, offset: element.dataOffset, byteLength, vr: element.vr } };
}

let inflating: Promise<unknown> = Promise.resolve();

/** One file after the other: a folder of bombs takes the memory of one. */
function inflatedAlone(file: FileBytes, start: number): Promise<DicomHeader> {
  const header = inflating.then(() => inflatedHeader(file, start));
  inflating = header.catch(() => undefined);
  return header;
}

/** Inflates no more than the header, and the pixels that it speaks of. */
async function inflatedHeader(file: FileBytes, start: number): Promise<DicomHeader> {
  if (file.size > maximumFileBytes) throw corrupt(format, 'it is too large to be inflated');
  const deflated = await bytesOf(file);
  for (let length = start + firstBytes; ; length *= 4) {
    const bytes = inflateDeflated(deflated, start, length);
    const { dataSet, transferSyntax } = parse(bytes, true);
    const { pixels } = headerOf(dataSet, transferSyntax, file);
    if (pixels) {
      const needed = pixels.offset + Math.min(pixels.byteLength ?? Infinity, uncompressedBytes(dataSet));
      if (!(needed <= maximumFileBytes)) throw corrupt(format, 'it inflates to more than an image can have');
      const content = needed <= bytes.length ? bytes : inflateDeflated(deflated, start, needed);
      return { dataSet, transferSyntax, pixels: { ...pixels, content: new Blob([content]) } };
    }
    if (bytes.length < length) return { dataSet, transferSyntax, pixels: undefined };
    if (length >= Math.min(maximumInflatedHeaderBytes, firstBytes + headerDeflateRatio * deflated.length))
      throw corrupt(format, 'its header does not end');
  }
}

function uncompressedBytes(dataSet: DataSet): number {
  const side = (name: string) => dataSet.uint16(name) ?? 0;
  const frames = number(dataSet, tag.numberOfFrames) ?? 1;
  const samples = dataSet.uint16(tag.samplesPerPixel) ?? 1;
  return Math.ceil((side(tag.rows) * side(tag.columns) * side(tag.bitsAllocated) * samples * frames) / 8);
}

const sopClassOf = (dataSet: DataSet) => dataSet.elements[tag.sopClassUid] && text(dataSet, tag.sopClassUid);

const mayHavePixels = (dataSet: DataSet) => {
  const sopClass = sopClassOf(dataSet);
  return sopClass === undefined || objectOf(sopClass).kind === 'image';
};

/** Whether a file without "DICM" begins as a data set does: with group 0002 or 0008, in either byte order. */
export function beginsLikeDicom(head: Uint8Array): boolean {
  if (hasPrefix(head)) return true;
  if (head.length < 16) return false;
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  for (const isLittle of [true, false]) {
    const group = view.getUint16(0, isLittle);
    const element = view.getUint16(2, isLittle);
    if ((group !== 2 && group !== 8) || element > 0x60) continue;
    if (hasVr(head, 4)) return true;
    if (isLittle && view.getUint32(4, true) <= 1024) return true;
  }
  return false;
}

const hasPrefix = (bytes: Uint8Array) =>
  String.fromCharCode(...bytes.subarray(prefixOffset, prefixOffset + 4)) === 'DICM';

/** PS3.5 §6.2: all value representations are two capital letters. */
const hasVr = (bytes: Uint8Array, at: number) =>
  [bytes[at] ?? 0, bytes[at + 1] ?? 0].every((byte) => byte >= 65 && byte <= 90);

interface Parsed {
  readonly dataSet: DataSet;
  readonly transferSyntax: string;
  /** Where the data set begins. */
  readonly start: number;
}

/** @param isInflated  the bytes are those that `inflateDeflated` made: the data set is no longer compressed */
function parse(bytes: Uint8Array, isInflated: boolean): Parsed {
  const { declared, start } = fileMeta(bytes);
  const isBigEndian =
    declared === transferSyntaxes.explicitBigEndian ||
    (declared === undefined && bytes[start] === 0 && bytes[start + 1]! > 0);
  // What is there counts, not what is declared: some writers declare explicit and write implicit.
  const isExplicit = hasVr(bytes, start + 4);
  const transferSyntax =
    declared ??
    transferSyntaxes[isBigEndian ? 'explicitBigEndian' : isExplicit ? 'explicitLittleEndian' : 'implicitLittleEndian'];
  const dataSet = emptyDataSet(bytes, isBigEndian);
  if (declared === transferSyntaxes.deflated && !isInflated) return { dataSet, transferSyntax, start };
  if (start + 8 > bytes.length) throw truncated(format);
  try {
    const stream = elementStream(dataSet, bytes, start);
    if (isExplicit) dicomParser.parseDicomDataSetExplicit(dataSet, stream, bytes.length, { untilTag: tag.pixelData });
    else dicomParser.parseDicomDataSetImplicit(dataSet, stream, bytes.length, { untilTag: tag.pixelData });
  } catch {
    // The part of the file ends within an element, or the file is broken there: what was read before it stays.
  }
  return { dataSet, transferSyntax, start };
}

/** dicom-parser 1.8 knows none of them; their length has four bytes, as that of UN (PS3.5 §7.1.2). */
const wideRepresentations = new Set(['OV', 'SV', 'UV']);

function elementStream({ byteArrayParser }: DataSet, bytes: Uint8Array, start: number) {
  const stream = new dicomParser.ByteStream(byteArrayParser, bytes, start);
  const read = stream.readFixedString.bind(stream);
  // All that it reads so are value representations.
  stream.readFixedString = (length) => {
    const vr = read(length);
    return wideRepresentations.has(vr) ? 'UN' : vr;
  };
  return stream;
}

/** PS3.10 §7.1: group 0002 is explicit little endian, whatever follows. */
function fileMeta(bytes: Uint8Array): { readonly declared: string | undefined; readonly start: number } {
  let start = hasPrefix(bytes) ? prefixOffset + 4 : 0;
  const meta = emptyDataSet(bytes, false);
  try {
    while (bytes[start] === 2 && bytes[start + 1] === 0) {
      const stream = new dicomParser.ByteStream(meta.byteArrayParser, bytes, start);
      const element = dicomParser.readDicomElementExplicit(stream);
      meta.elements[element.tag] = element;
      start = stream.position;
    }
  } catch {
    throw corrupt(format, 'its file header is damaged');
  }
  return { declared: meta.elements[tag.transferSyntaxUid] && text(meta, tag.transferSyntaxUid), start };
}

/** dicom-parser's class is not among its declared types, and its constructor not among what it exports by name. */
function emptyDataSet(bytes: Uint8Array, isBigEndian: boolean): DataSet {
  const { DataSet } = dicomParser as unknown as {
    DataSet: new (parser: unknown, bytes: Uint8Array, elements: Record<string, never>) => DataSet;
  };
  const parser = isBigEndian ? dicomParser.bigEndianByteArrayParser : dicomParser.littleEndianByteArrayParser;
  const dataSet = new DataSet(parser, bytes, {});
  dataSet.warnings = [];
  return dataSet;
}
