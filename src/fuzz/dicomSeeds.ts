/** DICOM in every encoding: written from nothing, and compressed frames from `seeds/`. */
import { deflateSync } from 'fflate';
import { canary, type Seed, type SeedFile } from './seed';
import { dicomElements } from './starts';

const syntaxes = {
  implicit: '1.2.840.10008.1.2',
  explicit: '1.2.840.10008.1.2.1',
  deflated: '1.2.840.10008.1.2.1.99',
  bigEndian: '1.2.840.10008.1.2.2',
  rle: '1.2.840.10008.1.2.5',
} as const;

const [rows, columns] = [34, 36];
const longVrs = new Set(['OB', 'OW', 'SQ', 'UN', 'UT']);

type Value = string | number | Uint8Array;

const ascii = (text: string) => Uint8Array.from(text, (letter) => letter.charCodeAt(0));

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

const even = (bytes: Uint8Array, padding: number) =>
  bytes.length % 2 === 0 ? bytes : joined([bytes, Uint8Array.of(padding)]);

interface Encoding {
  readonly isBig?: boolean;
  readonly isImplicit?: boolean;
}

/** PS3.5 §7.1. @param length  where it is not that of the value: undefined length */
function element(
  tag: number,
  vr: string,
  value: Value,
  { isBig = false, isImplicit = false }: Encoding = {},
  length?: number,
): Uint8Array {
  const isLittle = !isBig;
  const content =
    typeof value === 'string'
      ? even(ascii(value), vr === 'UI' ? 0 : 32)
      : typeof value === 'number'
        ? numberBytes(value, vr, isLittle)
        : even(value, 0);
  const isLong = longVrs.has(vr);
  const head = new Uint8Array(!isImplicit && isLong ? 12 : 8);
  const view = new DataView(head.buffer);
  view.setUint16(0, tag >>> 16, isLittle);
  view.setUint16(2, tag & 0xffff, isLittle);
  if (!isImplicit) head.set(ascii(vr), 4);
  if (isImplicit) view.setUint32(4, length ?? content.length, isLittle);
  else if (isLong) view.setUint32(8, length ?? content.length, isLittle);
  else view.setUint16(6, content.length, isLittle);
  return joined([head, content]);
}

function numberBytes(value: number, vr: string, isLittle: boolean): Uint8Array {
  const bytes = new Uint8Array(vr === 'UL' ? 4 : vr === 'FD' ? 8 : 2);
  const view = new DataView(bytes.buffer);
  if (vr === 'UL') view.setUint32(0, value, isLittle);
  else if (vr === 'FD') view.setFloat64(0, value, isLittle);
  else view.setUint16(0, value, isLittle);
  return bytes;
}

const item = (content: Uint8Array, encoding: Encoding): Uint8Array =>
  element(0xfffee000, '', content, { ...encoding, isImplicit: true });

type Fields = readonly (readonly [tag: number, vr: string, value: Value])[];

const sequence = (items: readonly Fields[], encoding: Encoding) =>
  joined(items.map((one) => item(joined(one.map((each) => element(...each, encoding))), encoding)));

const mrImage = '1.2.840.10008.5.1.4.1.1.4';
const enhancedMr = '1.2.840.10008.5.1.4.1.1.4.1';

const pixelWords = (frames: number, isBig = false) => {
  const bytes = new Uint8Array(2 * rows * columns * frames);
  const view = new DataView(bytes.buffer);
  for (let n = 0; n < rows * columns * frames; n++) view.setUint16(2 * n, (n * 11) % 4000, !isBig);
  return bytes;
};

/** Two segments of literal runs: the upper and the lower bytes (PS3.5 annex G). */
function rleFrame(): Uint8Array {
  const words = pixelWords(1);
  const plane = (byte: number) => {
    const bytes = Array.from({ length: rows * columns }, (_, n) => words[2 * n + byte]!);
    const runs: number[] = [];
    for (let at = 0; at < bytes.length; at += 100) runs.push(Math.min(100, bytes.length - at) - 1, ...bytes.slice(at, at + 100)); // prettier-ignore
    return even(Uint8Array.from(runs), 0x80);
  };
  const [upper, lower] = [plane(1), plane(0)];
  const header = new Uint8Array(new Uint32Array([2, 64, 64 + upper.length, ...new Uint32Array(13)]).buffer);
  return joined([header, upper, lower]);
}

function dataSet(slice: number, encoding: Encoding, pixels: Uint8Array): Uint8Array {
  const all: Fields = [
    [0x00080005, 'CS', 'ISO_IR 100'],
    [0x00080008, 'CS', 'ORIGINAL\\PRIMARY\\M'],
    [0x00080016, 'UI', mrImage],
    [0x00080018, 'UI', `1.2.3.${slice + 1}`],
    [0x00080060, 'CS', 'MR'],
    [0x00080080, 'LO', canary],
    [0x0008103e, 'LO', `AX T1 ${canary}`],
    [0x00081140, 'SQ', sequence([[[0x00081150, 'UI', mrImage], [0x00081155, 'UI', '1.2.9']]], encoding)],
    [0x00100010, 'PN', `${canary}^Drawn`],
    [0x00100020, 'LO', canary],
    [0x00180050, 'DS', '4'],
    [0x00180081, 'DS', '10'],
    [0x0020000d, 'UI', '1.2.1'],
    [0x0020000e, 'UI', '1.2.2'],
    [0x00200011, 'IS', '3'],
    [0x00200013, 'IS', `${slice + 1}`],
    [0x00200032, 'DS', `-17\\-17\\${4 * slice}`],
    [0x00200037, 'DS', '1\\0\\0\\0\\1\\0'],
    [0x00280002, 'US', 1],
    [0x00280004, 'CS', 'MONOCHROME2'],
    [0x00280010, 'US', rows],
    [0x00280011, 'US', columns],
    [0x00280030, 'DS', '1\\1'],
    [0x00280100, 'US', 16],
    [0x00280101, 'US', 12],
    [0x00280102, 'US', 11],
    [0x00280103, 'US', 0],
    [0x00281052, 'DS', '-5'],
    [0x00281053, 'DS', '1.5'],
  ]; // prettier-ignore
  return joined([...all.map((each) => element(...each, encoding)), pixels]);
}

function enhancedDataSet(): Uint8Array {
  const frame = (n: number): Fields => [
    [0x00209111, 'SQ', sequence([[[0x00209056, 'SH', '1'], [0x00209057, 'UL', n + 1]]], {})],
    [0x00209113, 'SQ', sequence([[[0x00200032, 'DS', `-17\\-17\\${4 * n}`]]], {})],
  ]; // prettier-ignore
  const shared: Fields = [
    [0x00209116, 'SQ', sequence([[[0x00200037, 'DS', '1\\0\\0\\0\\1\\0']]], {})],
    [0x00289110, 'SQ', sequence([[[0x00180050, 'DS', '4'], [0x00280030, 'DS', '1\\1']]], {})],
    [0x00289145, 'SQ', sequence([[[0x00281052, 'DS', '0'], [0x00281053, 'DS', '2']]], {})],
  ]; // prettier-ignore
  const all: Fields = [
    [0x00080008, 'CS', 'ORIGINAL\\PRIMARY\\VOLUME\\NONE'],
    [0x00080016, 'UI', enhancedMr],
    [0x00080018, 'UI', '1.2.3.9'],
    [0x00080060, 'CS', 'MR'],
    [0x00100010, 'PN', canary],
    [0x0020000d, 'UI', '1.2.1'],
    [0x0020000e, 'UI', '1.2.2'],
    [0x00280002, 'US', 1],
    [0x00280004, 'CS', 'MONOCHROME2'],
    [0x00280008, 'IS', '3'],
    [0x00280010, 'US', rows],
    [0x00280011, 'US', columns],
    [0x00280100, 'US', 16],
    [0x00280101, 'US', 16],
    [0x00280102, 'US', 15],
    [0x00280103, 'US', 0],
    [0x52009229, 'SQ', sequence([shared], {})],
    [0x52009230, 'SQ', sequence([frame(0), frame(1), frame(2)], {})],
    [0x7fe00010, 'OW', pixelWords(3)],
  ];
  return joined(all.map((each) => element(...each)));
}

/** PS3.10 §7.1. */
function fileHead(syntax: string): Uint8Array {
  const meta = joined([element(0x00020002, 'UI', mrImage), element(0x00020010, 'UI', syntax)]);
  return joined([new Uint8Array(128), ascii('DICM'), element(0x00020000, 'UL', meta.length), meta]);
}

const undefinedLength = 0xffffffff;

const encapsulated = (frame: Uint8Array) =>
  element(0x7fe00010, 'OB', joined([item(new Uint8Array(), {}), item(frame, {}), Uint8Array.of(0xfe, 0xff, 0xdd, 0xe0, 0, 0, 0, 0)]), {}, undefinedLength); // prettier-ignore

const file = (n: number, ...parts: readonly Uint8Array[]): SeedFile => ({
  path: `${canary}/${canary}${n}`,
  bytes: joined(parts),
});

function slice(n: number, syntax: keyof typeof syntaxes): SeedFile {
  const encoding = { isImplicit: syntax === 'implicit', isBig: syntax === 'bigEndian' };
  const pixels = syntax === 'rle' ? encapsulated(rleFrame()) : element(0x7fe00010, 'OW', pixelWords(1, encoding.isBig), encoding); // prettier-ignore
  return file(n, fileHead(syntaxes[syntax]), dataSet(n, encoding, pixels));
}

/** The data set behind the file's head, deflated (PS3.5 A.5). */
function withDeflatedDataSet(bytes: Uint8Array): Uint8Array {
  const headBytes = fileHead(syntaxes.deflated).length;
  return joined([bytes.subarray(0, headBytes), deflateSync(bytes.subarray(headBytes), { level: 1 })]);
}

const series = (syntax: keyof typeof syntaxes): Seed['files'] => [slice(1, syntax), slice(0, syntax), slice(2, syntax)];

/** @param content  what is deflated, or the pixels */
export function dicomBomb(
  kind: 'deflated' | 'frames' | 'many-frames' | 'rle' | 'jpeg-2000' | 'deep',
  content: Uint8Array,
): Uint8Array {
  if (kind === 'deflated') return joined([fileHead(syntaxes.deflated), content]);
  const isEncapsulated = kind === 'rle' || kind === 'jpeg-2000';
  const syntax = { rle: syntaxes.rle, 'jpeg-2000': '1.2.840.10008.1.2.4.90' }[kind as string] ?? syntaxes.explicit;
  const frames = { frames: '2147483648', 'many-frames': '32768' }[kind as string] ?? '1';
  const side = isEncapsulated ? 2048 : 64;
  // ITU-T T.800 A.5.1: SOC, then SIZ with both sides of the reference grid.
  const codestream = joined([
    Uint8Array.of(0xff, 0x4f, 0xff, 0x51, 0, 41, 0, 0, 0x80, 0, 0, 0, 0x80, 0, 0, 0),
    content,
  ]);
  const all: Fields = [
    [0x00080016, 'UI', enhancedMr],
    [0x00080018, 'UI', '1.2.3.9'],
    [0x00080060, 'CS', 'MR'],
    [0x0020000d, 'UI', '1.2.1'],
    [0x0020000e, 'UI', '1.2.2'],
    [0x00280002, 'US', 1],
    [0x00280004, 'CS', 'MONOCHROME2'],
    [0x00280008, 'IS', frames],
    [0x00280010, 'US', side],
    [0x00280011, 'US', side],
    [0x00280100, 'US', 16],
    [0x00280101, 'US', 16],
    [0x00280102, 'US', 15],
    [0x00280103, 'US', 0],
  ];
  const open = joined([element(0x00400275, 'SQ', new Uint8Array(), {}, undefinedLength), item(new Uint8Array(), {})]);
  const deep = joined(Array.from({ length: kind === 'deep' ? 30_000 : 0 }, () => withOpenItem(open)));
  const pixels = isEncapsulated
    ? encapsulated(kind === 'rle' ? content : codestream)
    : element(0x7fe00010, 'OW', content);
  return joined([fileHead(syntax), ...all.map((each) => element(...each)), deep, pixels]);
}

/** The item's length is undefined too, so that whatever follows lies within it. */
function withOpenItem(sequence: Uint8Array): Uint8Array {
  const bytes = sequence.slice();
  new DataView(bytes.buffer).setUint32(bytes.length - 4, undefinedLength, true);
  return bytes;
}

export function dicomSeeds(): readonly Seed[] {
  const bare = slice(0, 'implicit');
  return [
    { name: 'explicit', files: series('explicit'), starts: dicomElements },
    { name: 'implicit', files: series('implicit'), starts: dicomElements },
    { name: 'big-endian', files: series('bigEndian'), starts: dicomElements },
    { name: 'rle', files: series('rle'), starts: dicomElements },
    { name: 'deflated', files: [slice(0, 'deflated')], starts: dicomElements, repair: withDeflatedDataSet },
    { name: 'enhanced', files: [file(0, fileHead(syntaxes.explicit), enhancedDataSet())], starts: dicomElements },
    {
      name: 'without-head',
      files: [{ path: bare.path, bytes: bare.bytes.slice(fileHead(syntaxes.implicit).length) }],
      starts: (bytes) => dicomElements(joined([new Uint8Array(132), bytes])).map((at) => at - 132),
    },
  ];
}

/** Files of one frame, by other programs (see `seeds/README.txt`). */
export const compressedFiles = ['jpeg8', 'jpeg12', 'jpeg-lossless', 'jpeg-ls', 'jpeg-2000'] as const;

/** @param read  a file of `seeds/` */
export const compressedDicomSeeds = (read: (file: string) => Uint8Array): readonly Seed[] =>
  compressedFiles.map((name) => ({
    name,
    files: [{ path: `${canary}.dcm`, bytes: read(`${name}.dcm`) }],
    starts: (bytes) => [...dicomElements(bytes), ...codestreamMarkers(bytes)].sort((a, b) => a - b),
  }));

/** Markers of JPEG, JPEG-LS and JPEG 2000 from the pixels on. */
function codestreamMarkers(bytes: Uint8Array): readonly number[] {
  const starts: number[] = [];
  for (let at = Math.max(0, bytes.length - 3000); at + 1 < bytes.length; at++) {
    if (bytes[at] === 0xff && bytes[at + 1]! >= 0x4f && bytes[at + 1]! < 0xff) starts.push(at);
  }
  return starts.slice(0, 60);
}
