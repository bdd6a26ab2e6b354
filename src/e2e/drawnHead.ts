/** A head with two lesions, drawn in millimetres of the patient, and the DICOM files that a scanner would write of it. */
import type { Picture } from './journey';

type Point = readonly [x: number, y: number, z: number];

export interface DrawnLesion {
  /** RAS, in millimetres. */
  readonly centre: Point;
  readonly radiusMm: number;
}

/** Neither mirrored nor turned do they fall on each other; the larger first. */
export const drawnLesions: readonly DrawnLesion[] = [
  { centre: [-33, -26, 4], radiusMm: 17 },
  { centre: [30, 24, -2], radiusMm: 12 },
];

const cols = 112;
const rows = 128;
const slices = 10;
const pixelMm = 1.6;
const sliceMm = 6;
/** Patient coordinates (LPS) of the first pixel of the first slice. */
const first: Point = [-88.8, -101.6, -24];

/** LPS of a pixel; columns run to the patient's left, rows to the back, slices to the head. */
const lps = (col: number, row: number, slice: number): Point => [
  first[0] + pixelMm * col,
  first[1] + pixelMm * row,
  first[2] + sliceMm * slice,
];

/** Air, skin, bone, brain, white matter, ventricles and what takes up contrast agent. */
function intensityAt([left, back, up]: Point, isEnhanced: boolean): number {
  const radius = Math.hypot(left / 74, back / 92);
  if (radius > 1) return 12;
  if (radius > 0.94) return 620;
  if (radius > 0.87) return 60;
  const isLesion = drawnLesions.some(
    ({ centre: [x, y, z], radiusMm }) => Math.hypot(left + x, back + y, up - z) < radiusMm,
  );
  if (isLesion && isEnhanced) return 1500;
  if (Math.hypot((Math.abs(left) - 11) / 5, back / 18) < 1) return 120;
  return radius > 0.66 ? 400 : 480;
}

/** Explicit VR, little endian (PS3.5 §7.1.2); of the long forms only OB and OW are written. */
function element(tag: number, vr: string, value: string | number | Buffer): Buffer {
  const raw = Buffer.isBuffer(value) ? value : typeof value === 'string' ? Buffer.from(value, 'latin1') : uint16(value);
  const padding = Buffer.alloc(raw.length % 2, vr === 'UI' ? 0 : 0x20);
  const length = raw.length + padding.length;
  const isLong = vr === 'OB' || vr === 'OW';
  const head = Buffer.alloc(isLong ? 12 : 8);
  head.writeUInt16LE(tag >>> 16, 0);
  head.writeUInt16LE(tag & 0xffff, 2);
  head.write(vr, 4, 'latin1');
  if (isLong) head.writeUInt32LE(length, 8);
  else head.writeUInt16LE(length, 6);
  return Buffer.concat([head, raw, padding]);
}

const uint16 = (value: number) => Buffer.from(Uint16Array.of(value).buffer);

const mrImageStorage = '1.2.840.10008.5.1.4.1.1.4';
const explicitLittleEndian = '1.2.840.10008.1.2.1';
/** A root for examples (PS3.5 annex B.2: a UUID as a decimal number). */
const root = '2.25.173059402951284736';

export interface DrawnSeries {
  readonly number: number;
  readonly description: string;
  readonly isEnhanced: boolean;
  /** More elements of text, or others in place of those that are drawn. */
  readonly texts?: readonly (readonly [tag: number, vr: string, value: string])[];
}

function instance({ number, description, isEnhanced, texts = [] }: DrawnSeries, slice: number): Buffer {
  const uid = `${root}.${number}.${slice + 1}`;
  const meta = Buffer.concat([
    element(0x00020001, 'OB', Buffer.from([0, 1])),
    element(0x00020002, 'UI', mrImageStorage),
    element(0x00020003, 'UI', uid),
    element(0x00020010, 'UI', explicitLittleEndian),
    element(0x00020012, 'UI', root),
  ]);
  const pixels = new Uint16Array(cols * rows);
  for (let row = 0; row < rows; row++) {
    for (let col = 0; col < cols; col++) pixels[row * cols + col] = intensityAt(lps(col, row, slice), isEnhanced);
  }
  const groupLength = Buffer.alloc(4);
  groupLength.writeUInt32LE(meta.length);
  const elements: readonly (readonly [tag: number, vr: string, value: string | number | Buffer])[] = [
    [0x00080008, 'CS', 'ORIGINAL\\PRIMARY'],
    [0x00080016, 'UI', mrImageStorage],
    [0x00080018, 'UI', uid],
    [0x00080020, 'DA', '20200229'],
    [0x00080030, 'TM', '101112'],
    [0x00080060, 'CS', 'MR'],
    [0x0008103e, 'LO', description],
    [0x00100010, 'PN', 'Drawn^Head'],
    [0x00100020, 'LO', 'DRAWN-1'],
    ...(isEnhanced ? [[0x00180010, 'LO', 'Gadolinium'] as const] : []),
    [0x00180050, 'DS', `${sliceMm}`],
    [0x00180080, 'DS', '500'],
    [0x00180081, 'DS', '10'],
    [0x0020000d, 'UI', `${root}.9`],
    [0x0020000e, 'UI', `${root}.${number}`],
    [0x00200011, 'IS', `${number}`],
    [0x00200013, 'IS', `${slice + 1}`],
    [0x00200032, 'DS', lps(0, 0, slice).join('\\')],
    [0x00200037, 'DS', '1\\0\\0\\0\\1\\0'],
    [0x00200052, 'UI', `${root}.8`],
    [0x00280002, 'US', 1],
    [0x00280004, 'CS', 'MONOCHROME2'],
    [0x00280010, 'US', rows],
    [0x00280011, 'US', cols],
    [0x00280030, 'DS', `${pixelMm}\\${pixelMm}`],
    [0x00280100, 'US', 16],
    [0x00280101, 'US', 12],
    [0x00280102, 'US', 11],
    [0x00280103, 'US', 0],
    [0x7fe00010, 'OW', Buffer.from(pixels.buffer)],
  ];
  const drawn = elements.filter(([tag]) => !texts.some(([other]) => other === tag));
  const all = [...drawn, ...texts].sort(([a], [b]) => a - b).map((each) => element(...each));
  return Buffer.concat([
    Buffer.alloc(128),
    Buffer.from('DICM', 'latin1'),
    element(0x00020000, 'UL', groupLength),
    meta,
    ...all,
  ]);
}

/** One file a slice, named so that the order of names is not that of the slices; as a PACS, without an ending. */
export function dicomFiles(series: readonly DrawnSeries[]): readonly Picture[] {
  return series.flatMap((one) =>
    Array.from({ length: slices }, (_, slice) => ({
      name: `IM${String((slice * 7 + one.number * 3) % slices)}${one.number}`,
      buffer: instance(one, slice),
      mimeType: 'application/dicom',
    })),
  );
}
