/** Small files that claim, or unpack to, far more than they are. */
import { crc32 as nodeCrc32, constants, deflateRawSync, gzipSync } from 'node:zlib';
import { canary, type SeedFile } from './seed';
import { dicomBomb } from './dicomSeeds';
import { niftiBomb } from './volumeSeeds';

export interface Bomb {
  readonly name: string;
  readonly files: readonly SeedFile[];
  /** What it is refused as; 'volume': it is harmless, because what it hides is never unpacked. */
  readonly outcome: string;
}

const mebibyte = 2 ** 20;

/** Raw deflate of `mebibytes` MiB of zeros, 1 KiB for each. @param isEnded  else more may follow */
function zeros(mebibytes: number, isEnded = true): Buffer {
  const piece = deflateRawSync(Buffer.alloc(16 * mebibyte), { level: 9, finishFlush: constants.Z_SYNC_FLUSH });
  const end = deflateRawSync(Buffer.alloc(0));
  return Buffer.concat([...Array.from({ length: mebibytes / 16 }, () => piece), ...(isEnded ? [end] : [])]);
}

const zlib = (raw: Uint8Array) => Buffer.concat([Buffer.from([0x78, 0xda]), raw, Buffer.alloc(4)]);

/** RFC 1952; the checksum is wrong, which would be seen at the end. */
const gzip = (raw: Uint8Array) =>
  Buffer.concat([Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3]), raw, Buffer.alloc(8)]);

/** What was deflated with a sync flush goes on with more. */
const deflatedOpen = (bytes: Uint8Array) => deflateRawSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH });

function uint16(value: number, isLittle = true): Buffer {
  const bytes = Buffer.alloc(2);
  if (isLittle) bytes.writeUInt16LE(value);
  else bytes.writeUInt16BE(value);
  return bytes;
}

function uint32(value: number, isLittle = true): Buffer {
  const bytes = Buffer.alloc(4);
  if (isLittle) bytes.writeUInt32LE(value >>> 0);
  else bytes.writeUInt32BE(value >>> 0);
  return bytes;
}

interface Entry {
  readonly packed: Uint8Array;
  readonly claimedBytes: number;
}

/** @param entryCount  directory entries, all pointing at the one local entry */
function zip({ packed, claimedBytes }: Entry, entryCount = 1): Buffer {
  const name = Buffer.from(`${canary}.png`);
  const sizes = [uint32(0), uint32(packed.length), uint32(claimedBytes), uint16(name.length), uint16(0)];
  const local = Buffer.concat([
    uint32(0x04034b50),
    uint16(20),
    uint16(0),
    uint16(8),
    uint32(0),
    ...sizes,
    name,
    packed,
  ]);
  const central = Buffer.concat([
    ...[uint32(0x02014b50), uint16(20), uint16(20), uint16(0), uint16(8), uint32(0), ...sizes, uint16(0)],
    ...[uint16(0), uint16(0), uint32(0), uint32(0), name],
  ]);
  const directory = Buffer.concat(Array.from({ length: entryCount }, () => central));
  const end = [uint32(0x06054b50), uint32(0), uint16(entryCount), uint16(entryCount), uint32(directory.length), uint32(local.length), uint16(0)]; // prettier-ignore
  return Buffer.concat([local, directory, ...end]);
}

function png(width: number, height: number, chunks: readonly (readonly [type: string, content: Uint8Array])[]): Buffer {
  const header = Buffer.concat([uint32(width, false), uint32(height, false), Buffer.from([8, 0, 0, 0, 0])]);
  const all = [['IHDR', header] as const, ...chunks, ['IEND', Buffer.alloc(0)] as const].map(([type, content]) => {
    const named = Buffer.concat([Buffer.from(type, 'latin1'), content]);
    return Buffer.concat([uint32(content.length, false), named, uint32(nodeCrc32(named), false)]);
  });
  return Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), ...all]);
}

/** TIFF 6.0: a directory of LONGs, and what follows it. @param next  offset of the next directory */
function tiff(entries: readonly (readonly [tag: number, value: number])[], next: number, data: Uint8Array): Buffer {
  const directory = entries.map(([tag, value]) => Buffer.concat([uint16(tag), uint16(4), uint32(1), uint32(value)]));
  return Buffer.concat([
    Buffer.from('II*\0', 'latin1'),
    uint32(8),
    uint16(entries.length),
    ...directory,
    uint32(next),
    data,
  ]);
}

const strip = (width: number, height: number, compression: number, bytes: number): readonly (readonly [number, number])[] => [
  [256, width], [257, height], [258, 8], [259, compression], [262, 1], [273, 8 + 2 + 9 * 12 + 4], [277, 1], [278, height], [279, bytes],
]; // prettier-ignore

/** SOI, SOF, and a scan of nothing. @param sof  0xc0: baseline, 0xc2: progressive */
const jpeg = (width: number, height: number, sof: number, scans: number) =>
  Buffer.concat([
    Buffer.from([0xff, 0xd8, 0xff, 0xdb, 0, 67, 0, ...Array.from({ length: 64 }, () => 1)]),
    Buffer.from([0xff, sof, 0, 11, 8]), uint16(height, false), uint16(width, false), Buffer.from([1, 1, 0x11, 0]),
    Buffer.from([0xff, 0xc4, 0, 20, 0, 1, ...Array.from({ length: 15 }, () => 0), 0]),
    Buffer.from([0xff, 0xc4, 0, 20, 0x10, 1, ...Array.from({ length: 15 }, () => 0), 0]),
    ...Array.from({ length: scans }, () => Buffer.from([0xff, 0xda, 0, 8, 1, 1, 0, 0, 0, 0, 0])),
    Buffer.from([0xff, 0xd9]),
  ]); // prettier-ignore

function webp(type: string, content: Buffer): Buffer {
  const chunk = Buffer.concat([Buffer.from(type, 'latin1'), uint32(content.length), content]);
  return Buffer.concat([Buffer.from('RIFF', 'latin1'), uint32(chunk.length + 4), Buffer.from('WEBP', 'latin1'), chunk]);
}

const one = (name: string, ending: string, bytes: Uint8Array, outcome: string): Bomb => ({
  name,
  files: [{ path: `${canary}.${ending}`, bytes: new Uint8Array(bytes) }],
  outcome,
});

const nrrd = (more: string, data: Uint8Array) =>
  Buffer.concat([
    Buffer.from(`NRRD0004\ntype: short\ndimension: 3\nendian: little\nencoding: gzip\n${more}\n\n`),
    data,
  ]);

const metaImage = (more: string, data: Uint8Array) =>
  Buffer.concat([Buffer.from(`ObjectType = Image\nNDims = 3\nCompressedData = True\n${more}\nElementType = MET_SHORT\nElementDataFile = LOCAL\n`), data]); // prettier-ignore

export function bombs(): readonly Bomb[] {
  const gigabyte = zeros(1024);
  const small = Buffer.alloc(100);
  return [
    one('zip, one entry of 4 GB', 'zip', zip({ packed: gigabyte, claimedBytes: 0xfffffff0 }), 'archive'),
    one('zip, an entry of 100 bytes that unpacks to 1 GB', 'zip', zip({ packed: gigabyte, claimedBytes: 100 }), 'corrupt-file'),
    one('zip, 60,000 entries', 'zip', zip({ packed: small, claimedBytes: 100 }, 60_000), 'archive'),
    one('zip, 1000 entries that overlap', 'zip', zip({ packed: zeros(240), claimedBytes: 240 * mebibyte }, 1000), 'archive'),
    one('zip in zip in zip', 'zip', zip({ packed: deflateRawSync(zip({ packed: deflateRawSync(zip({ packed: gigabyte, claimedBytes: 0xfffffff0 })), claimedBytes: 0 })), claimedBytes: 0 }), 'corrupt-file'),
    one('gzip NIfTI of 32767³ × 32767', 'nii.gz', gzipSync(niftiBomb([32767, 32767, 32767, 32767], 352)), 'volume-too-large'),
    one('gzip NIfTI of 512³ in 400 bytes', 'nii.gz', gzipSync(niftiBomb([512, 512, 512, 1], 352)), 'truncated-file'),
    one('gzip NIfTI whose voxels begin after 2 GB', 'nii.gz', gzip(Buffer.concat([deflatedOpen(niftiBomb([64, 64, 64, 1], 2 ** 31)), gigabyte])), 'corrupt-file'),
    one('gzip NIfTI, 4-D, 1 GB behind the first volume', 'nii.gz', gzip(Buffer.concat([deflatedOpen(niftiBomb([64, 64, 4, 30000], 352)), gigabyte])), 'volume'),
    one('gzip of nothing, 100,000 times', 'nii.gz', Buffer.concat(Array.from({ length: 100_000 }, () => gzipSync(Buffer.alloc(0)))), 'unsupported-format'),
    one('PNG of 65535 × 65535', 'png', png(65535, 65535, [['IDAT', zlib(zeros(16))]]), 'image-too-large'),
    one('PNG of 5000 × 5000 in 100 bytes', 'png', png(5000, 5000, [['IDAT', zlib(deflateRawSync(small))]]), 'truncated-file'),
    one('PNG of 64 × 64 that unpacks to 1 GB', 'png', png(64, 64, [['IDAT', zlib(gigabyte)]]), 'corrupt-file'),
    one('PNG with 1 GB of text and profile', 'png', png(64, 64, [['zTXt', Buffer.concat([Buffer.from('a\0\0'), zlib(gigabyte)])], ['iCCP', Buffer.concat([Buffer.from('a\0\0'), zlib(gigabyte)])], ['IDAT', zlib(deflateRawSync(Buffer.alloc(64 * 65)))]]), 'volume'),
    one('TIFF, a deflated strip that unpacks to 1 GB', 'tif', tiff(strip(64, 64, 8, gigabyte.length + 6), 0, zlib(gigabyte)), 'volume'),
    one('TIFF of 60000 × 60000', 'tif', tiff(strip(60000, 60000, 1, 100), 0, small), 'image-too-large'),
    one('TIFF of 5000 × 5000 in 100 deflated bytes', 'tif', tiff(strip(5000, 5000, 8, 100), 0, small), 'truncated-file'),
    one('TIFF whose directory follows itself', 'tif', tiff(strip(64, 64, 1, 4096), 8, Buffer.alloc(4096)), 'corrupt-file'),
    one('JPEG of 65500 × 65500', 'jpg', jpeg(65500, 65500, 0xc0, 1), 'image-too-large'),
    one('JPEG of 5700 × 5700 in 300 bytes', 'jpg', jpeg(5700, 5700, 0xc0, 1), 'truncated-file'),
    one('JPEG of 5700 × 5700, progressive, 1000 scans', 'jpg', jpeg(5700, 5700, 0xc2, 1000), 'unsupported-variant'),
    one('WebP of 16383 × 16383', 'webp', webp('VP8 ', Buffer.concat([Buffer.from([0, 0, 0, 0x9d, 1, 0x2a]), uint16(16383), uint16(16383), small])), 'image-too-large'),
    one('WebP, lossless, of 16384 × 16384', 'webp', webp('VP8L', Buffer.concat([Buffer.from([0x2f, 0xff, 0xff, 0xff, 0x0f]), small])), 'image-too-large'),
    one('NRRD of 100000³', 'nrrd', nrrd('sizes: 100000 100000 100000', small), 'volume-too-large'),
    one('NRRD, gzip, 2 GB to skip', 'nrrd', nrrd('sizes: 64 64 64\nbyte skip: 2000000000', gzip(Buffer.concat([zeros(1024, false), gigabyte]))), 'corrupt-file'),
    one('NRRD whose header has 20 MB and no end', 'nrrd', Buffer.concat([Buffer.from('NRRD0004\n'), Buffer.alloc(20 * mebibyte, 'a: b\n')]), 'corrupt-file'),
    one('MetaImage, zlib, 2 GB to skip', 'mha', metaImage('DimSize = 64 64 64\nHeaderSize = 2000000000', zlib(Buffer.concat([zeros(1024, false), gigabyte]))), 'corrupt-file'),
    one('MGH of 2³¹', 'mgh', Buffer.concat([uint32(1, false), uint32(0x7fffffff, false), uint32(0x7fffffff, false), uint32(0x7fffffff, false), uint32(1, false), Buffer.alloc(400)]), 'volume-too-large'),
    one('DICOM, deflated, 1 GB', 'dcm', dicomBomb('deflated', gigabyte), 'corrupt-file'),
    one('DICOM, enhanced, 2³¹ frames', 'dcm', dicomBomb('frames', small), 'corrupt-file'),
    one('DICOM, 32768 frames of 64 × 64 in 100 bytes', 'dcm', dicomBomb('many-frames', small), 'truncated-file'),
    one('DICOM, RLE, 2048 × 2048 in 100 bytes', 'dcm', dicomBomb('rle', small), 'truncated-file'),
    one('DICOM, JPEG 2000 of 2³¹ × 2³¹', 'dcm', dicomBomb('jpeg-2000', small), 'corrupt-file'),
    one('DICOM, sequences 30,000 deep', 'dcm', dicomBomb('deep', small), 'corrupt-file'),
  ]; // prettier-ignore
}
