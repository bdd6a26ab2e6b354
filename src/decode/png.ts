/** PNG (ISO/IEC 15948). fast-png undoes filters and interlacing; the chunks are walked and the bounds kept here. */
import { convertIndexedToRgb, decode as decodePng, type DecodedPng } from 'fast-png';
import { checkDims } from './bounds';
import { concatenate } from './concatenate';
import { exifOrientation } from './exif';
import { callDecoder, corrupt, truncated, unsupported } from './failures';
import { inflateInto, maximumDeflateRatio } from './inflate';
import type { Orientation, Pages, Raster } from './raster';
import { unpackBits } from './unpackBits';

const format = 'PNG';
const signatureBytes = 8;
/** Length, type, CRC. */
const chunkOverheadBytes = 12;

interface Header {
  readonly width: number;
  readonly height: number;
  readonly depth: number;
  readonly colourType: number;
  readonly isInterlaced: boolean;
}

interface Chunks {
  readonly header: Header;
  /** The chunks that make the picture, whole (length to CRC), in the file's order. */
  readonly essential: readonly Uint8Array[];
  /** The zlib stream in its pieces. */
  readonly imageData: readonly Uint8Array[];
  readonly orientation: Orientation;
}

/** Colour type → samples a pixel and the depths it may have (ISO/IEC 15948, table 11.1). */
const colourTypes: Readonly<Record<number, { readonly samples: number; readonly depths: readonly number[] }>> = {
  0: { samples: 1, depths: [1, 2, 4, 8, 16] },
  2: { samples: 3, depths: [8, 16] },
  3: { samples: 1, depths: [1, 2, 4, 8] },
  4: { samples: 2, depths: [8, 16] },
  6: { samples: 4, depths: [8, 16] },
};

/** First column and row, and the steps, of Adam7's passes (ISO/IEC 15948, 8.2). */
const adam7 = [
  [0, 0, 8, 8],
  [4, 0, 8, 8],
  [0, 4, 4, 8],
  [2, 0, 4, 4],
  [0, 2, 2, 4],
  [1, 0, 2, 2],
  [0, 1, 1, 2],
] as const;

/**
 * @throws PipelineFailure 'truncated-file', 'corrupt-file', 'unsupported-variant', 'image-too-small', 'image-too-large'
 */
export function readPng(bytes: Uint8Array): Pages {
  const { header, essential, imageData, orientation } = readChunks(bytes);
  checkInflatedBytes(header, imageData);
  const png = callDecoder(format, 'its pixels do not decode, or a checksum is wrong', () =>
    decodePng(concatenate([bytes.subarray(0, signatureBytes), ...essential]), { checkCrc: true }),
  );
  return { count: 1, rasters: [toRaster(png, header, orientation)] };
}

function readChunks(bytes: Uint8Array): Chunks {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const essential: Uint8Array[] = [];
  const imageData: Uint8Array[] = [];
  let header: Header | undefined;
  let orientation: Orientation = 1;
  for (let at = signatureBytes; ;) {
    if (at + chunkOverheadBytes > bytes.length) throw truncated(format);
    const length = view.getUint32(at);
    const end = at + chunkOverheadBytes + length;
    if (end > bytes.length) throw truncated(format);
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    const content = bytes.subarray(at + 8, at + 8 + length);
    if (!header) {
      if (type !== 'IHDR' || length !== 13) throw corrupt(format, 'it does not start with its header');
      header = readHeader(content);
    } else if (type === 'IHDR') throw corrupt(format, 'it has two headers');
    if (type === 'acTL' && length === 8 && view.getUint32(at + 8) > 1) throw unsupported('animated PNG');
    if (type === 'eXIf') orientation = exifOrientation(content);
    if (type === 'IDAT') imageData.push(content);
    // A PLTE of a true-colour picture is only a suggestion.
    const isEssential = type === 'PLTE' ? header.colourType === 3 : ['IHDR', 'tRNS', 'IDAT', 'IEND'].includes(type);
    if (isEssential) essential.push(bytes.subarray(at, end));
    if (type === 'IEND') return { header, essential, imageData, orientation };
    at = end;
  }
}

function readHeader(content: Uint8Array): Header {
  const view = new DataView(content.buffer, content.byteOffset, content.byteLength);
  const header = {
    width: view.getUint32(0),
    height: view.getUint32(4),
    depth: content[8]!,
    colourType: content[9]!,
    isInterlaced: content[12] === 1,
  };
  if (!colourTypes[header.colourType]?.depths.includes(header.depth)) {
    throw corrupt(format, 'its colour type and bit depth do not go together');
  }
  checkDims(format, header.width, header.height);
  // fast-png 8.0.0 reads a pass of sub-byte samples as whole bytes (decode_interlace_adam7.ts).
  if (header.isInterlaced && header.depth < 8) throw unsupported(`interlaced PNG of ${header.depth} bits a sample`);
  return header;
}

/** The image data must inflate to exactly the header's size: fast-png neither bounds it nor misses what is not there. */
function checkInflatedBytes(header: Header, imageData: readonly Uint8Array[]): void {
  const expected = inflatedBytes(header);
  const deflated = imageData.reduce((sum, piece) => sum + piece.length, 0);
  if (expected > deflated * maximumDeflateRatio) throw truncated(format);
  const filled = callDecoder(format, 'its compressed pixels are broken', () =>
    inflateInto(new Uint8Array(expected + 1), imageData),
  );
  if (filled < expected) throw truncated(format);
  if (filled > expected) throw corrupt(format, 'it holds more pixels than its header says');
}

/** Every row of every pass starts with its filter's byte. */
function inflatedBytes({ width, height, depth, colourType, isInterlaced }: Header): number {
  const bitsPerPixel = depth * (colourTypes[colourType]?.samples ?? 0);
  const passes = isInterlaced ? adam7 : [[0, 0, 1, 1] as const];
  let bytes = 0;
  for (const [x, y, stepX, stepY] of passes) {
    const columns = Math.max(0, Math.ceil((width - x) / stepX));
    const rows = Math.max(0, Math.ceil((height - y) / stepY));
    if (columns > 0) bytes += rows * (1 + Math.ceil((columns * bitsPerPixel) / 8));
  }
  return bytes;
}

function toRaster(png: DecodedPng, { width, height, depth, colourType }: Header, orientation: Orientation): Raster {
  const page = { width, height, orientation, isEightBit: depth <= 8, fullScale: depth === 16 ? 65535 : 255 };
  if (colourType === 3) {
    const samples = callDecoder(format, 'a pixel points outside its palette', () => convertIndexedToRgb(png));
    return { ...page, channels: png.palette?.[0]?.length === 4 ? 4 : 3, samples };
  }
  // fast-png gives 16 bits as Uint16Array and all else as bytes, packed below 8 bits; Uint8ClampedArray is only for encoding.
  const stored = png.data instanceof Uint16Array ? png.data : Uint8Array.from(png.data);
  if (colourType === 4 || colourType === 6) return { ...page, channels: colourType === 4 ? 2 : 4, samples: stored };
  const channels = colourType === 0 ? 1 : 3;
  const samples = isPacked(depth) ? unpackBits(Uint8Array.from(stored), width, height, depth) : stored;
  const key = png.transparency;
  const keyed = key === undefined ? undefined : withKeyAsAlpha(samples, channels, key, page.fullScale);
  // Viewers show 1, 2 and 4 bits stretched over black to white (ISO/IEC 15948, 13.12).
  if (isPacked(depth)) stretchInto(keyed ?? samples, channels, keyed ? channels + 1 : channels, 255 / (2 ** depth - 1));
  if (keyed === undefined) return { ...page, channels, samples };
  return { ...page, channels: channels === 1 ? 2 : 4, samples: keyed };
}

const isPacked = (depth: number): depth is 1 | 2 | 4 => depth < 8;

/** tRNS of grey and RGB pictures names one colour as transparent (ISO/IEC 15948, 11.3.2.1). */
function withKeyAsAlpha(
  samples: Uint8Array | Uint16Array,
  channels: 1 | 3,
  key: Uint16Array,
  opaque: number,
): Uint8Array | Uint16Array {
  const pixels = samples.length / channels;
  const keyed =
    samples instanceof Uint16Array ? new Uint16Array(pixels * (channels + 1)) : new Uint8Array(pixels * (channels + 1));
  for (let p = 0, from = 0, to = 0; p < pixels; p++) {
    let isKey = true;
    for (let c = 0; c < channels; c++) {
      const sample = samples[from++]!;
      if (sample !== key[c]) isKey = false;
      keyed[to++] = sample;
    }
    keyed[to++] = isKey ? 0 : opaque;
  }
  return keyed;
}

/** Multiplies the first `colours` of every `stride` samples. */
function stretchInto(samples: Uint8Array | Uint16Array, colours: number, stride: number, factor: number): void {
  for (let i = 0; i < samples.length; i++) {
    if (i % stride < colours) samples[i] = samples[i]! * factor;
  }
}
