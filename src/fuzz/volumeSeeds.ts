/** Small volumes in every volume format, written by the formats' documents. */
import { gzipSync, zlibSync } from 'fflate';
import { canary, type Seed, type SeedFile } from './seed';
import { fields, textLines } from './starts';

const dims = [36, 34, 3] as const;
const count = dims[0] * dims[1] * dims[2];

/** Shallow ramps: a few kilobytes, and no two slices alike. */
const values = Array.from({ length: count }, (_, n) => (n * 7 + (n >> 5) * 13) % 1000);

const int16 = new Uint8Array(Int16Array.from(values).buffer);
const uint8 = Uint8Array.from(values, (value) => value >> 2);
const float32 = (isLittle: boolean) => {
  const bytes = new Uint8Array(4 * count);
  const view = new DataView(bytes.buffer);
  values.forEach((value, n) => view.setFloat32(4 * n, value / 10, isLittle));
  return bytes;
};

const ascii = (text: string) => Uint8Array.from(text, (letter) => letter.charCodeAt(0));

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

const gzip = (bytes: Uint8Array) => gzipSync(bytes, { level: 1, mtime: 0 });

interface NiftiOptions {
  readonly isLittle?: boolean;
  readonly datatype: number;
  readonly bits: number;
  readonly magic: string;
  readonly offset: number;
  readonly volumes?: number;
}

/** nifti1.h. */
function nifti1Header({ isLittle = true, datatype, bits, magic, offset, volumes = 1 }: NiftiOptions): Uint8Array {
  const bytes = new Uint8Array(348);
  const view = new DataView(bytes.buffer);
  view.setInt32(0, 348, isLittle);
  bytes.set(ascii(canary), 4);
  [volumes > 1 ? 4 : 3, ...dims, volumes, 1, 1, 1].forEach((side, n) => view.setInt16(40 + 2 * n, side, isLittle));
  view.setInt16(70, datatype, isLittle);
  view.setInt16(72, bits, isLittle);
  [1, 1, 1, 4, 1].forEach((size, n) => view.setFloat32(76 + 4 * n, size, isLittle));
  view.setFloat32(108, offset, isLittle);
  view.setFloat32(112, 1, isLittle);
  view.setUint8(123, 2);
  bytes.set(ascii(canary), 148);
  bytes.set(ascii(canary), 228);
  view.setInt16(252, 1, isLittle);
  view.setInt16(254, 1, isLittle);
  [1, 0, 0, -17, 0, 1, 0, -17, 0, 0, 4, 0].forEach((part, n) => view.setFloat32(280 + 4 * n, part, isLittle));
  bytes.set(ascii(canary), 328);
  bytes.set(ascii(magic), 344);
  return bytes;
}

/** A NIfTI-1 header of 8-bit voxels, and a hundred of them. */
export function niftiBomb(sides: readonly [number, number, number, number], offset: number): Uint8Array {
  const header = nifti1Header({ datatype: 2, bits: 8, magic: 'n+1\0', offset });
  const view = new DataView(header.buffer);
  [4, ...sides].forEach((side, n) => view.setInt16(40 + 2 * n, side, true));
  return joined(header, new Uint8Array(104));
}

/** nifti2.h. */
function nifti2Header(): Uint8Array {
  const bytes = new Uint8Array(544);
  const view = new DataView(bytes.buffer);
  view.setInt32(0, 540, true);
  bytes.set(ascii('n+2\0\r\n\x1a\n'), 4);
  view.setInt16(12, 4, true);
  view.setInt16(14, 16, true);
  [3, ...dims, 1, 1, 1, 1].forEach((side, n) => view.setBigInt64(16 + 8 * n, BigInt(side), true));
  [1, 1, 1, 4].forEach((size, n) => view.setFloat64(104 + 8 * n, size, true));
  view.setBigInt64(168, 544n, true);
  view.setFloat64(176, 2, true);
  bytes.set(ascii(canary), 240);
  view.setInt32(344, 1, true);
  view.setInt32(500, 2, true);
  bytes.set(ascii(canary), 508);
  return bytes;
}

/** One extension of code 6 (comment) of 32 bytes. */
const extension = joined(Uint8Array.of(1, 0, 0, 0, 32, 0, 0, 0, 6, 0, 0, 0), ascii(canary.padEnd(24)));

const noExtension = new Uint8Array(4);

const seed = (name: string, files: Seed['files'], starts: Seed['starts'], repair?: Seed['repair']): Seed => ({
  name,
  files,
  starts,
  ...(repair ? { repair } : {}),
});

const file = (ending: string, ...parts: readonly Uint8Array[]): SeedFile => ({
  path: `${canary}.${ending}`,
  bytes: joined(...parts),
});

export function niftiSeeds(): readonly Seed[] {
  const nifti1 = (more: Partial<NiftiOptions> = {}) =>
    nifti1Header({ datatype: 4, bits: 16, magic: 'n+1\0', offset: 352, ...more });
  const pair = nifti1({ magic: 'ni1\0', offset: 0, datatype: 2, bits: 8 });
  const byField = fields(384, 4);
  return [
    seed('nifti1', [file('nii', nifti1(), noExtension, int16)], byField),
    seed('nifti1-extension', [file('nii', nifti1({ offset: 384 }), extension, int16)], byField),
    seed('nifti1-big-endian', [file('nii', nifti1({ isLittle: false, datatype: 16, bits: 32 }), noExtension, float32(false))], byField),
    seed('nifti1-4d', [file('nii', nifti1({ volumes: 2 }), noExtension, int16, int16)], byField),
    seed('nifti1-gzip', [file('nii.gz', nifti1(), noExtension, int16)], byField, gzip),
    seed('nifti1-4d-gzip', [file('nii.gz', nifti1({ volumes: 2 }), noExtension, int16, int16)], byField, gzip),
    seed('nifti1-pair', [file('hdr', pair, extension), file('img', uint8)], byField),
    seed('nifti1-data-of-pair', [file('img', uint8), file('hdr', pair)], byField),
    seed('nifti2', [file('nii', nifti2Header(), int16)], fields(544, 8)),
    seed('nifti2-gzip', [file('nii.gz', nifti2Header(), int16)], fields(544, 8), gzip),
  ]; // prettier-ignore
}

export function analyzeSeeds(): readonly Seed[] {
  const header = nifti1Header({ datatype: 4, bits: 16, magic: '\0\0\0\0', offset: 0 });
  return [
    seed('analyze', [file('hdr', header), file('img', int16)], fields(348, 2)),
    seed('analyze-gzip', [file('hdr', header), file('img.gz', gzip(int16))], fields(348, 2)),
    seed('analyze-data', [file('img', int16), file('hdr', header)], fields(348, 2)),
  ];
}

export function nrrdSeeds(): readonly Seed[] {
  const header = (encoding: string, more = '') =>
    ascii(
      `NRRD0005\n# ${canary}\ntype: short\ndimension: 3\nspace: right-anterior-superior\nsizes: ${dims.join(' ')}\n` +
        `space directions: (1,0,0) (0,1,0) (0,0,4)\nkinds: domain domain domain\nendian: little\n` +
        `encoding: ${encoding}\nspace origin: (-17,-17,0)\ncontent: ${canary}\n${more}key:=${canary}\n`,
    );
  const end = ascii('\n');
  const fourth = ascii(
    `NRRD0004\ntype: float\ndimension: 4\nsizes: ${dims.join(' ')} 2\nspace dimension: 3\n` +
      `space directions: (1,0,0) (0,1,0) (0,0,4) none\nendian: big\nencoding: raw\n\n`,
  );
  return [
    seed('nrrd', [file('nrrd', header('raw'), end, int16)], textLines),
    seed('nrrd-from-end', [file('nrrd', header('raw', 'byte skip: -1\n'), end, int16)], textLines),
    seed('nrrd-gzip', [file('nrrd', header('gzip'), end, gzip(int16))], textLines),
    seed('nrrd-4d', [file('nrrd', fourth, float32(false), float32(false))], textLines),
    seed('nrrd-detached', [file('nhdr', header('raw', `data file: ${canary}.raw\n`)), file('raw', int16)], textLines),
  ];
}

export function metaImageSeeds(): readonly Seed[] {
  const header = (data: string, more = '') =>
    ascii(
      `ObjectType = Image\nNDims = 3\nComment = ${canary}\nBinaryData = True\nBinaryDataByteOrderMSB = False\n${more}` +
        `TransformMatrix = 1 0 0 0 1 0 0 0 1\nOffset = -17 -17 0\nElementSpacing = 1 1 4\n` +
        `DimSize = ${dims.join(' ')}\nElementType = MET_SHORT\nElementDataFile = ${data}\n`,
    );
  return [
    seed('metaimage', [file('mha', header('LOCAL'), int16)], textLines),
    seed('metaimage-from-end', [file('mha', header('LOCAL', 'HeaderSize = -1\n'), int16)], textLines),
    seed('metaimage-zlib', [file('mha', header('LOCAL', 'CompressedData = True\n'), zlibSync(int16))], textLines),
    seed('metaimage-detached', [file('mhd', header(`${canary}.raw`)), file('raw', int16)], textLines),
  ];
}

export function mghSeeds(): readonly Seed[] {
  const header = (type: number, volumes = 1) => {
    const bytes = new Uint8Array(284);
    const view = new DataView(bytes.buffer);
    [1, ...dims, volumes, type, 0].forEach((value, n) => view.setInt32(4 * n, value));
    view.setInt16(28, 1);
    [1, 1, 4, -1, 0, 0, 0, 0, -1, 0, 1, 0, 0, 0, 0].forEach((part, n) => view.setFloat32(30 + 4 * n, part));
    return bytes;
  };
  /** What FreeSurfer writes behind the voxels: scan parameters and tags with text. */
  const trailer = joined(
    new Uint8Array(20),
    Uint8Array.of(0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0, canary.length),
    ascii(canary),
  );
  const byField = fields(90, 2);
  return [
    seed('mgh', [file('mgh', header(0), uint8, trailer)], byField),
    seed('mgh-float', [file('mgh', header(3), float32(false))], byField),
    seed('mgh-4d', [file('mgh', header(0, 2), uint8, uint8)], byField),
    seed('mgz', [file('mgz', header(3), float32(false), trailer)], byField, gzip),
  ];
}
