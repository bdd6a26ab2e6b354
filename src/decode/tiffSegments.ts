/** Strips and tiles of a TIFF page (TIFF 6.0, sections 3 and 15): where they lie, and their samples put together. */
import { corrupt, truncated, unsupported } from './failures';
import { tagValues, type Directory, type TiffBytes } from './ifd';
import type { Channels } from './raster';
import { compressionOf, decompressInto, maximumRatio } from './tiffCompression';
import { undoPredictorInto } from './tiffPredictor';
import { unpackBits } from './unpackBits';

const format = 'TIFF';

const tag = {
  stripOffsets: 273,
  rowsPerStrip: 278,
  stripByteCounts: 279,
  tileWidth: 322,
  tileHeight: 323,
  tileOffsets: 324,
  tileByteCounts: 325,
} as const;

export interface SampleKind {
  readonly bits: number;
  readonly format: 'unsigned' | 'signed' | 'float';
}

/** Size of the strips or tiles, and where in the file they are: planes outermost, then rows of segments, then columns. */
export interface Segments {
  readonly width: number;
  readonly height: number;
  /** Tiles are padded at the page's lower edge; the last strip is cut. */
  readonly isTiled: boolean;
  readonly offsets: readonly number[];
  readonly byteCounts: readonly number[] | undefined;
}

export interface SegmentLayout {
  readonly width: number;
  readonly height: number;
  readonly channels: Channels;
  readonly kind: SampleKind;
  /** Each channel in segments of its own. */
  readonly isPlanar: boolean;
  readonly compression: number;
  readonly predictor: number;
  readonly segments: Segments;
}

/** One segment's place in the page and in the file. */
interface Segment {
  readonly plane: number;
  readonly left: number;
  readonly top: number;
  /** Rows stored in it. */
  readonly rows: number;
  readonly bytesPerRow: number;
  readonly stored: Uint8Array;
}

/** Tiles must not be much larger than the page: every tile is decoded whole. */
const maximumTileSide = (side: number) => Math.max(1024, 2 * side);

/** @throws PipelineFailure 'corrupt-file', 'truncated-file' */
export function segmentsOf(
  tiff: TiffBytes,
  directory: Directory,
  page: { readonly width: number; readonly height: number; readonly channels: number },
): Segments {
  const values = (wanted: number, maximumCount: number) => tagValues(tiff, directory, wanted, maximumCount);
  const tileWidth = values(tag.tileWidth, 1)?.[0];
  const isTiled = tileWidth !== undefined;
  const width = tileWidth ?? page.width;
  const height = isTiled
    ? (values(tag.tileHeight, 1)?.[0] ?? 0)
    : Math.min(values(tag.rowsPerStrip, 1)?.[0] ?? page.height, page.height);
  if (height === 0 || width === 0) throw corrupt(format, 'its strips or tiles have no pixels');
  if (isTiled && (width % 16 !== 0 || height % 16 !== 0))
    throw corrupt(format, 'a tile’s side is not a multiple of 16');
  if (isTiled && (width > maximumTileSide(page.width) || height > maximumTileSide(page.height))) {
    throw unsupported('TIFF whose tiles are larger than its picture');
  }
  const count = page.channels * Math.ceil(page.width / width) * Math.ceil(page.height / height);
  const offsets = values(isTiled ? tag.tileOffsets : tag.stripOffsets, count);
  if (!offsets) throw corrupt(format, 'it does not say where its pixels are');
  return {
    width,
    height,
    isTiled,
    offsets,
    byteCounts: values(isTiled ? tag.tileByteCounts : tag.stripByteCounts, count),
  };
}

/**
 * Before anything is allocated: all segments are there, inside the file, and could hold the pixels they claim.
 *
 * @throws PipelineFailure 'truncated-file', 'corrupt-file', 'unsupported-variant'
 */
export function checkSegments(tiff: TiffBytes, layout: SegmentLayout): void {
  const ratio = maximumRatio(compressionOf(layout.compression));
  for (const { rows, bytesPerRow, stored } of segmentsIn(tiff, layout)) {
    if (stored.length * ratio < rows * bytesPerRow) throw truncated(format);
  }
}

/** @returns the page's samples as stored, channels interleaved, row by row */
export function readSamples(tiff: TiffBytes, layout: SegmentLayout): Uint8Array | Uint16Array | Float32Array {
  const { width, height, channels, kind, isPlanar, predictor, segments } = layout;
  const compression = compressionOf(layout.compression);
  const samples = newSamples(kind, width * height * channels);
  const perPixel = isPlanar ? 1 : channels;
  const step = isPlanar ? channels : 1;
  for (const { plane, left, top, rows, bytesPerRow, stored } of segmentsIn(tiff, layout)) {
    const bytes = new Uint8Array(rows * bytesPerRow);
    decompressInto(bytes, stored, compression);
    undoPredictorInto(bytes, {
      predictor,
      bytesPerRow,
      samplesPerPixel: perPixel,
      kind,
      isLittleEndian: tiff.isLittleEndian,
    });
    const values = sampleReader(bytes, kind, segments.width * perPixel, rows, tiff.isLittleEndian);
    const columns = Math.min(segments.width, width - left);
    for (let row = 0; row < Math.min(rows, height - top); row++) {
      const from = row * segments.width * perPixel;
      const to = ((top + row) * width + left) * channels + plane;
      for (let i = 0; i < columns * perPixel; i++) samples[to + i * step] = values(from + i);
    }
  }
  return samples;
}

function* segmentsIn(
  tiff: TiffBytes,
  { width, height, channels, kind, isPlanar, segments }: SegmentLayout,
): Iterable<Segment> {
  const across = Math.ceil(width / segments.width);
  const down = Math.ceil(height / segments.height);
  const planes = isPlanar ? channels : 1;
  if (segments.offsets.length !== planes * across * down) throw corrupt(format, 'it has too few or too many strips');
  if (segments.byteCounts && segments.byteCounts.length !== segments.offsets.length) {
    throw corrupt(format, 'its lists of strips differ in length');
  }
  const bytesPerRow = Math.ceil((segments.width * (isPlanar ? 1 : channels) * kind.bits) / 8);
  for (let index = 0; index < segments.offsets.length; index++) {
    const top = (Math.floor(index / across) % down) * segments.height;
    const rows = segments.isTiled ? segments.height : Math.min(segments.height, height - top);
    const offset = segments.offsets[index]!;
    const end = offset + (segments.byteCounts?.[index] ?? rows * bytesPerRow);
    if (end > tiff.bytes.length) throw truncated(format);
    yield {
      plane: Math.floor(index / (across * down)),
      left: (index % across) * segments.width,
      top,
      rows,
      bytesPerRow,
      stored: tiff.bytes.subarray(offset, end),
    };
  }
}

function newSamples({ bits, format: kind }: SampleKind, count: number): Uint8Array | Uint16Array | Float32Array {
  if (kind === 'unsigned' && bits <= 8) return new Uint8Array(count);
  return kind === 'unsigned' && bits === 16 ? new Uint16Array(count) : new Float32Array(count);
}

function sampleReader(
  bytes: Uint8Array,
  { bits, format: kind }: SampleKind,
  samplesPerRow: number,
  rows: number,
  isLittleEndian: boolean,
): (index: number) => number {
  const view = new DataView(bytes.buffer);
  switch (`${kind} ${bits}`) {
    case 'unsigned 8':
      return (i) => bytes[i]!;
    case 'signed 8':
      return (i) => view.getInt8(i);
    case 'unsigned 16':
      return (i) => view.getUint16(2 * i, isLittleEndian);
    case 'signed 16':
      return (i) => view.getInt16(2 * i, isLittleEndian);
    case 'unsigned 32':
      return (i) => view.getUint32(4 * i, isLittleEndian);
    case 'signed 32':
      return (i) => view.getInt32(4 * i, isLittleEndian);
    case 'float 32':
      return (i) => view.getFloat32(4 * i, isLittleEndian);
    case 'float 64':
      return (i) => view.getFloat64(8 * i, isLittleEndian);
    default: {
      // 1, 2 or 4: `readSampleKind` lets nothing else through.
      const unpacked = unpackBits(bytes, samplesPerRow, rows, bits as 1 | 2 | 4);
      return (i) => unpacked[i]!;
    }
  }
}
