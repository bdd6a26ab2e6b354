/** Where the parts of a file begin: only good enough to aim by, so damaged files give what they give. */

/** Chunks after the signature: length, type, content, CRC. */
export const pngChunks = (bytes: Uint8Array) =>
  walk(8, bytes.length - 12, (at) => at + 12 + viewOf(bytes).getUint32(at));

/** Markers and their segments; inside the scan, every marker that is not stuffing. */
export function jpegMarkers(bytes: Uint8Array): readonly number[] {
  const starts: number[] = [];
  for (let at = 0; at + 1 < bytes.length; at++) {
    if (bytes[at] === 0xff && bytes[at + 1] !== 0 && bytes[at + 1] !== 0xff) starts.push(at);
  }
  return starts;
}

/** RIFF chunks, padded to even lengths. */
export const riffChunks = (bytes: Uint8Array) =>
  walk(12, bytes.length - 8, (at) => {
    const length = viewOf(bytes).getUint32(at + 4, true);
    return at + 8 + length + (length & 1);
  });

/** The entries of the first image file directory, 12 bytes each, and the offset that follows them. */
export function tiffEntries(bytes: Uint8Array): readonly number[] {
  if (bytes.length < 8) return [];
  const isLittle = bytes[0] === 0x49;
  const directory = viewOf(bytes).getUint32(4, isLittle);
  if (directory + 2 > bytes.length) return [];
  const count = Math.min(64, viewOf(bytes).getUint16(directory, isLittle));
  return [4, directory, ...Array.from({ length: count + 1 }, (_, n) => directory + 2 + 12 * n)];
}

/** Data elements of a DICOM file behind its prefix; in big endian and implicit files, as far as they go. */
export function dicomElements(bytes: Uint8Array): readonly number[] {
  const view = viewOf(bytes);
  const isVr = (at: number) => [bytes[at]!, bytes[at + 1]!].every((letter) => letter >= 65 && letter <= 90);
  return walk(132, bytes.length - 12, (at) => {
    const isBig = bytes[at] === 0 && bytes[at + 1]! > 0;
    if (!isVr(at + 4)) return at + 8 + view.getUint32(at + 4, true);
    const isLong = ['OB', 'OW', 'SQ', 'UN', 'UT'].includes(String.fromCharCode(bytes[at + 4]!, bytes[at + 5]!));
    const length = isLong ? view.getUint32(at + 8, !isBig) : view.getUint16(at + 6, !isBig);
    // Into sequences and fragments, not past them.
    return length === 0xffffffff || bytes[at + 4] === 0x53 ? at + 12 : at + (isLong ? 12 : 8) + length;
  });
}

/** Local headers, directory entries and the end record. */
export function zipRecords(bytes: Uint8Array): readonly number[] {
  const starts: number[] = [];
  for (let at = 0; at + 4 <= bytes.length; at++) {
    if (bytes[at] === 0x50 && bytes[at + 1] === 0x4b && bytes[at + 2]! < 8 && bytes[at + 3]! < 9) starts.push(at);
  }
  return starts;
}

/** Lines of a text header, which ends before the first NUL. */
export function textLines(bytes: Uint8Array): readonly number[] {
  const starts = [0];
  for (let at = 0; at < Math.min(bytes.length, 2000) && bytes[at] !== 0; at++) {
    if (bytes[at] === 10) starts.push(at + 1);
  }
  return starts;
}

/** Every `step`-th byte of a header of binary fields. */
export const fields = (headerBytes: number, step: number) => (bytes: Uint8Array) =>
  walk(0, Math.min(headerBytes, bytes.length), (at) => at + step);

const viewOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

const mostParts = 400;

function walk(first: number, end: number, next: (at: number) => number): readonly number[] {
  const starts: number[] = [];
  for (let at = first; at < end && at >= 0 && starts.length < mostParts;) {
    starts.push(at);
    const following = next(at);
    if (!(following > at)) break;
    at = following;
  }
  return starts;
}
