import { corrupt, truncated } from '../failures';

const format = 'DICOM';

/** PS3.5 annex G: the number of segments, then 15 offsets. */
const headerBytes = 64;

/**
 * Run-length encoding: the most significant bytes of all pixels, then the next ones, each a segment of PackBits.
 *
 * @param pixels     of the frame
 * @param pixelBytes  1, 2 or 4
 * @returns little endian
 * @throws PipelineFailure 'truncated-file', 'corrupt-file'
 */
export function decodeRle(frame: Uint8Array, pixels: number, pixelBytes: number): Uint8Array {
  if (frame.length < headerBytes) throw truncated(format);
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  if (view.getUint32(0, true) !== pixelBytes)
    throw corrupt(format, 'its run lengths are of another depth than its pixels');
  const decoded = new Uint8Array(pixels * pixelBytes);
  for (let segment = 0; segment < pixelBytes; segment++) {
    const start = view.getUint32(4 + 4 * segment, true);
    const end = segment + 1 < pixelBytes ? view.getUint32(8 + 4 * segment, true) : frame.length;
    if (start < headerBytes || start > end || end > frame.length) throw truncated(format);
    const place = pixelBytes - 1 - segment;
    if (unpackSegmentInto(decoded, place, pixelBytes, frame.subarray(start, end)) < pixels) throw truncated(format);
  }
  return decoded;
}

/** @returns pixels written, at most those that `target` has room for */
function unpackSegmentInto(target: Uint8Array, place: number, pixelBytes: number, packed: Uint8Array): number {
  let at = place;
  for (let from = 0; from < packed.length && at < target.length;) {
    const control = packed[from++]!;
    if (control === 128) continue;
    const isRun = control > 128;
    for (
      let left = isRun ? 257 - control : control + 1;
      left > 0 && at < target.length && from < packed.length;
      left--
    ) {
      target[at] = packed[from]!;
      at += pixelBytes;
      if (!isRun) from++;
    }
    if (isRun) from++;
  }
  return (at - place) / pixelBytes;
}
