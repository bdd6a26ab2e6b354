/**
 * TIFF 6.0, read here rather than by a package: the one at hand (`tiff` 7.1) inflates without bound, follows page loops,
 * and is silently wrong on tiles of colour, planar pictures and signed samples.
 */
import { checkDims, maximumTotalPixels } from './bounds';
import { orientationTag } from './exif';
import { corrupt, unsupported } from './failures';
import { firstDirectoryAt, readDirectory, tagValues, tiffBytes, type Directory, type TiffBytes } from './ifd';
import { toOrientation, type Channels, type Pages, type Raster } from './raster';
import { checkSegments, readSamples, segmentsOf, type SampleKind, type SegmentLayout } from './tiffSegments';

const format = 'TIFF';

/** Bounds the walk over a chain of directories; more pages than this could not be of `minimumSidePx`. */
const maximumDirectories = maximumTotalPixels / 32 ** 2;

const tag = {
  newSubfileType: 254,
  subfileType: 255,
  width: 256,
  height: 257,
  bitsPerSample: 258,
  compression: 259,
  photometric: 262,
  fillOrder: 266,
  samplesPerPixel: 277,
  planar: 284,
  predictor: 317,
  colourMap: 320,
  sampleFormat: 339,
} as const;

/** PhotometricInterpretation values that are read. */
const whiteIsZero = 0;
const blackIsZero = 1;
const rgb = 2;
const palette = 3;

const otherPhotometrics: Readonly<Record<number, string>> = {
  5: 'CMYK TIFF',
  6: 'YCbCr TIFF',
  8: 'CIE L*a*b* TIFF',
  9: 'CIE L*a*b* TIFF',
  32803: 'raw camera picture (DNG)',
};

interface Page {
  readonly layout: SegmentLayout;
  readonly photometric: number;
  readonly colours: readonly number[] | undefined;
  readonly orientation: Raster['orientation'];
}

/**
 * Thumbnails and masks (NewSubfileType bits 0 and 2) are skipped; all else are pages, which must be of one size and kind.
 *
 * @throws PipelineFailure 'truncated-file', 'corrupt-file', 'unsupported-variant', 'image-too-small', 'image-too-large'
 */
export function readTiff(bytes: Uint8Array): Pages {
  const tiff = tiffBytes(bytes);
  const directories = pageDirectories(tiff);
  checkPageDims(tiff, directories);
  const pages = directories.map((directory) => readPage(tiff, directory));
  for (const page of pages) {
    if (kindOf(page) !== kindOf(pages[0]!)) throw unsupported('TIFF whose pages differ in kind');
    checkSegments(tiff, page.layout);
  }
  return { count: pages.length, rasters: rastersOf(tiff, pages) };
}

function checkPageDims(tiff: TiffBytes, directories: readonly Directory[]): void {
  const dims = directories.map((page) => [number(tiff, page, tag.width), number(tiff, page, tag.height)] as const);
  const [first] = dims;
  if (!first) throw corrupt(format, 'it has no page');
  const [width, height] = first;
  if (dims.some(([w, h]) => w !== width || h !== height)) throw unsupported('TIFF whose pages differ in size');
  checkDims(format, width, height, dims.length);
}

function* rastersOf(tiff: TiffBytes, pages: readonly Page[]): Iterable<Raster> {
  for (const page of pages) yield toRaster(tiff, page);
}

function pageDirectories(tiff: TiffBytes): readonly Directory[] {
  const visited = new Set<number>();
  const pictures: Directory[] = [];
  const reduced: Directory[] = [];
  for (let at = firstDirectoryAt(tiff); at !== 0;) {
    if (visited.has(at)) throw corrupt(format, 'its pages form a loop');
    visited.add(at);
    if (visited.size > maximumDirectories) throw corrupt(format, `it has more than ${maximumDirectories} pages`);
    const directory = readDirectory(tiff, at);
    const kind = number(tiff, directory, tag.newSubfileType, 0);
    const oldKind = number(tiff, directory, tag.subfileType, 1);
    if ((kind & 4) === 0) ((kind & 1) === 1 || oldKind === 2 ? reduced : pictures).push(directory);
    at = directory.next;
  }
  // A lone page that calls itself reduced is still the picture.
  return pictures.length > 0 ? pictures : reduced.slice(0, 1);
}

function readPage(tiff: TiffBytes, directory: Directory): Page {
  const width = number(tiff, directory, tag.width);
  const height = number(tiff, directory, tag.height);
  const channels = number(tiff, directory, tag.samplesPerPixel, 1);
  const photometric = number(tiff, directory, tag.photometric, blackIsZero);
  if (photometric > palette) throw unsupported(otherPhotometrics[photometric] ?? 'TIFF of an unknown colour space');
  const colourChannels = photometric === rgb ? 3 : 1;
  if (channels !== colourChannels && channels !== colourChannels + 1) throw unsupported(`TIFF of ${channels} channels`);
  if (number(tiff, directory, tag.fillOrder, 1) !== 1) throw unsupported('TIFF with reversed bit order');
  const kind = readSampleKind(tiff, directory, channels);
  if (photometric === whiteIsZero && (kind.format !== 'unsigned' || kind.bits > 16)) {
    throw unsupported(`TIFF with white as zero in ${kind.bits} bits`);
  }
  if (photometric === palette && (kind.format !== 'unsigned' || kind.bits > 8)) {
    throw corrupt(format, 'its palette has too many colours');
  }
  const colours = photometric === palette ? readPalette(tiff, directory, kind.bits) : undefined;
  return {
    layout: {
      width,
      height,
      // The cast is proven by the comparison with colourChannels above.
      channels: channels as Channels,
      kind,
      isPlanar: channels > 1 && number(tiff, directory, tag.planar, 1) === 2,
      compression: number(tiff, directory, tag.compression, 1),
      predictor: number(tiff, directory, tag.predictor, 1),
      segments: segmentsOf(tiff, directory, { width, height, channels }),
    },
    photometric,
    colours,
    orientation: toOrientation(tagValues(tiff, directory, orientationTag, 1)?.[0]),
  };
}

function readSampleKind(tiff: TiffBytes, directory: Directory, channels: number): SampleKind {
  const bitsOf = tagValues(tiff, directory, tag.bitsPerSample, 16) ?? [1];
  const formats = tagValues(tiff, directory, tag.sampleFormat, 16) ?? [1];
  const bits = bitsOf[0]!;
  const code = formats[0]!;
  const isMixed =
    bitsOf.slice(0, channels).some((b) => b !== bits) || formats.slice(0, channels).some((f) => f !== code);
  if (isMixed) throw unsupported('TIFF whose channels differ in depth');
  // 4 is "undefined", which readers take as whole numbers (TIFF 6.0, section 19).
  const sampleFormat = code === 1 || code === 4 ? 'unsigned' : code === 2 ? 'signed' : code === 3 ? 'float' : undefined;
  const allowed = { unsigned: [1, 2, 4, 8, 16, 32], signed: [8, 16, 32], float: [32, 64] };
  if (!sampleFormat || !allowed[sampleFormat].includes(bits)) {
    throw unsupported(`TIFF of ${bits}-bit ${sampleFormat ?? 'complex'} samples`);
  }
  return { bits, format: sampleFormat };
}

/** Red, then green, then blue of all 2^bits colours, 8 bit each. */
function readPalette(tiff: TiffBytes, directory: Directory, bits: number): readonly number[] {
  const map = tagValues(tiff, directory, tag.colourMap, 3 * 2 ** bits);
  if (map?.length !== 3 * 2 ** bits) throw corrupt(format, 'its palette is incomplete');
  // 16 bit by the specification; some writers put 8 bit there, which libtiff's tools tell in the same way.
  return map.some((value) => value > 255) ? map.map((value) => value >> 8) : map;
}

/** What all pages must have in common beside their size. */
function kindOf({ layout: { channels, kind }, photometric, orientation }: Page): string {
  return [channels, kind.bits, kind.format, photometric, orientation].join();
}

function toRaster(tiff: TiffBytes, { layout, photometric, colours, orientation }: Page): Raster {
  const { width, height, channels, kind } = layout;
  const samples = readSamples(tiff, layout);
  const isUnsigned = kind.format === 'unsigned';
  const fullScale = kind.format === 'float' ? 1 : 2 ** (isUnsigned ? Math.max(kind.bits, 8) : kind.bits - 1) - 1;
  const page = { width, height, orientation, isEightBit: isUnsigned && kind.bits <= 8, fullScale };
  if (colours) return { ...page, channels: channels === 1 ? 3 : 4, samples: expandPalette(samples, channels, colours) };
  // Viewers show 1, 2 and 4 bits stretched over black to white.
  if (kind.bits < 8) samples.forEach((value, i) => (samples[i] = (value * 255) / (2 ** kind.bits - 1)));
  if (photometric === whiteIsZero) {
    for (let i = 0; i < samples.length; i += channels) samples[i] = fullScale - samples[i]!;
  }
  return { ...page, channels, samples };
}

function expandPalette(
  indices: Uint8Array | Uint16Array | Float32Array,
  channels: number,
  colours: readonly number[],
): Uint8Array {
  const count = colours.length / 3;
  const expanded = new Uint8Array((indices.length / channels) * (channels + 2));
  for (let from = 0, to = 0; from < indices.length; from += channels) {
    for (let c = 0; c < 3; c++) expanded[to++] = colours[c * count + indices[from]!]!;
    if (channels === 2) expanded[to++] = indices[from + 1]!;
  }
  return expanded;
}

/** One whole number; without a `fallback` the tag must be there. */
function number(tiff: TiffBytes, directory: Directory, wanted: number, fallback?: number): number {
  // Per-channel tags may list more than one value; the first is meant.
  const value = tagValues(tiff, directory, wanted, 16)?.[0] ?? fallback;
  if (value === undefined) throw corrupt(format, `tag ${wanted} is missing`);
  return value;
}
