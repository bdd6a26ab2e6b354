/** JPEG's segments (ITU-T T.81, annex B), walked from the first marker to the last, scans included. */
import { checkDims } from './bounds';
import { exifOrientation } from './exif';
import { corrupt, truncated, unsupported } from './failures';
import type { Orientation } from './raster';

const format = 'JPEG';

/** libjpeg-turbo's advice against progressive files made to be slow; real ones have about 10. */
const maximumScans = 100;

export interface JpegFrame {
  readonly width: number;
  readonly height: number;
  /** As the frame lists them. */
  readonly componentIds: readonly number[];
}

export interface JpegSegments {
  readonly frame: JpegFrame;
  /** What Adobe's APP14 says of the colours: 0 as they are, 1 YCbCr, 2 YCCK; undefined without APP14. */
  readonly adobeTransform: number | undefined;
  readonly hasJfif: boolean;
  readonly orientation: Orientation;
  /** Segments that make the picture, markers and scan data included, from the first table to the end of the image. */
  readonly essential: readonly Uint8Array[];
}

/** Frames that are not baseline, extended or progressive Huffman (T.81, table B.1). */
const otherFrames: Readonly<Record<number, string>> = {
  0xc3: 'lossless JPEG',
  0xc5: 'hierarchical JPEG',
  0xc6: 'hierarchical JPEG',
  0xc7: 'hierarchical JPEG',
  0xc9: 'JPEG with arithmetic coding',
  0xca: 'JPEG with arithmetic coding',
  0xcb: 'lossless JPEG',
  0xcd: 'hierarchical JPEG',
  0xce: 'hierarchical JPEG',
  0xcf: 'hierarchical JPEG',
  0xde: 'hierarchical JPEG',
  0xf7: 'JPEG-LS image',
};

/**
 * @throws PipelineFailure 'truncated-file' if the end-of-image marker is missing or the scans hold fewer bits than
 *   blocks; 'corrupt-file', 'unsupported-variant', 'image-too-small', 'image-too-large'
 */
export function readSegments(bytes: Uint8Array): JpegSegments {
  const essential: Uint8Array[] = [];
  let frame: JpegFrame | undefined;
  let adobeTransform: number | undefined;
  let hasJfif = false;
  let orientation: Orientation = 1;
  let scans = 0;
  let scanBytes = 0;
  for (let at = 2; ;) {
    if (at + 2 > bytes.length) throw truncated(format);
    if (bytes[at] !== 0xff) throw corrupt(format, 'something stands between its segments');
    const marker = bytes[at + 1]!;
    // Fill bytes before a marker (T.81, B.1.1.2).
    if (marker === 0xff) {
      at++;
      continue;
    }
    if (marker === 0xd9) {
      if (!frame || scans === 0) throw corrupt(format, 'it has no picture in it');
      // A block takes at least 1 bit of a progressive scan, 2 of a sequential one.
      if (scanBytes < (frame.width * frame.height) / 64 / 8) throw truncated(format);
      essential.push(bytes.subarray(at, at + 2));
      return { frame, adobeTransform, hasJfif, orientation, essential };
    }
    if (marker < 0xc0) throw corrupt(format, 'it has an unknown segment');
    // Markers without a length (RST, a second SOI) belong to scans only.
    if (marker >= 0xd0 && marker <= 0xd8) throw corrupt(format, 'a marker is out of place');
    if (at + 4 > bytes.length) throw truncated(format);
    const length = bytes[at + 2]! * 256 + bytes[at + 3]!;
    let end = at + 2 + length;
    if (length < 2) throw corrupt(format, 'a segment has an impossible length');
    if (end > bytes.length) throw truncated(format);
    const content = bytes.subarray(at + 4, end);
    const otherFrame = otherFrames[marker];
    if (otherFrame !== undefined) throw unsupported(otherFrame);
    if (marker >= 0xc0 && marker <= 0xc2) {
      if (frame) throw unsupported('hierarchical JPEG');
      frame = readFrame(content);
    } else if (marker === 0xe0) hasJfif ||= startsWith(content, 'JFIF\0');
    else if (marker === 0xe1 && startsWith(content, 'Exif\0')) orientation = exifOrientation(content);
    else if (marker === 0xee && startsWith(content, 'Adobe') && content.length >= 12) adobeTransform = content[11];
    else if (marker === 0xda) {
      if (!frame) throw corrupt(format, 'a scan comes before its frame');
      if (++scans > maximumScans) throw unsupported(`JPEG of more than ${maximumScans} scans`);
      const scanEnd = endOfScan(bytes, end);
      scanBytes += scanEnd - end;
      end = scanEnd;
    }
    // APPn and COM describe; everything else is needed to decode.
    const isDescription = (marker >= 0xe0 && marker <= 0xef) || marker === 0xfe;
    if (!isDescription) essential.push(bytes.subarray(at, end));
    at = end;
  }
}

function readFrame(content: Uint8Array): JpegFrame {
  const count = content[5] ?? 0;
  if (content.length < 6 + 3 * count) throw corrupt(format, 'its frame header is too short');
  const precision = content[0]!;
  if (precision !== 8) throw unsupported(`${precision}-bit JPEG`);
  const height = content[1]! * 256 + content[2]!;
  const width = content[3]! * 256 + content[4]!;
  if (height === 0) throw unsupported('JPEG that does not state its height');
  checkDims(format, width, height);
  if (count !== 1 && count !== 3 && count !== 4) throw unsupported(`JPEG of ${count} colour channels`);
  const components = Array.from({ length: count }, (_, i) => content.subarray(6 + 3 * i, 9 + 3 * i));
  for (const [, sampling = 0] of components) {
    const [across, down] = [sampling >> 4, sampling & 15];
    if (across < 1 || across > 4 || down < 1 || down > 4) throw corrupt(format, 'a sampling factor is not 1 to 4');
  }
  const componentIds = components.map(([id = 0]) => id);
  if (new Set(componentIds).size !== count) throw corrupt(format, 'two colour channels share a name');
  return { width, height, componentIds };
}

/** The first marker after entropy-coded data: 0xff followed by neither a stuffed 0 nor a restart. */
function endOfScan(bytes: Uint8Array, start: number): number {
  for (let at = bytes.indexOf(0xff, start); at >= 0 && at + 1 < bytes.length; at = bytes.indexOf(0xff, at)) {
    const next = bytes[at + 1]!;
    if (next === 0xff) at++;
    else if (next === 0 || (next >= 0xd0 && next <= 0xd7)) at += 2;
    else return at;
  }
  throw truncated(format);
}

function startsWith(content: Uint8Array, signature: string): boolean {
  return [...signature].every((letter, i) => content[i] === letter.charCodeAt(0));
}
