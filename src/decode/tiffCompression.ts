/** The compressions of TIFF that are read. Each fills its target exactly and never beyond. */
import { callDecoder, corrupt, unsupported } from './failures';
import { inflateInto, maximumDeflateRatio } from './inflate';

const format = 'TIFF';

export type Compression = 'none' | 'lzw' | 'deflate' | 'packbits';

const names: Readonly<Record<number, string>> = {
  2: 'CCITT',
  3: 'CCITT',
  4: 'CCITT',
  6: 'JPEG',
  7: 'JPEG',
  34712: 'JPEG 2000',
  34887: 'LERC',
  34925: 'LZMA',
  50000: 'Zstandard',
  50001: 'WebP',
  50002: 'JPEG XL',
};

/** @throws PipelineFailure 'unsupported-variant' */
export function compressionOf(code: number): Compression {
  switch (code) {
    case 1:
      return 'none';
    case 5:
      return 'lzw';
    case 8:
    case 32946:
      return 'deflate';
    case 32773:
      return 'packbits';
    default:
      throw unsupported(`TIFF with ${names[code] ?? 'unknown'} compression`);
  }
}

/** More bytes than this cannot come from one. LZW: 4096 bytes from a code of 9 bits at most; PackBits: 128 from 2. */
export function maximumRatio(compression: Compression): number {
  return { none: 1, lzw: 4096, deflate: maximumDeflateRatio, packbits: 64 }[compression];
}

/** @throws PipelineFailure 'corrupt-file' if `stored` gives fewer bytes than `target` has, 'unsupported-variant' */
export function decompressInto(target: Uint8Array, stored: Uint8Array, compression: Compression): void {
  if (filledBytes(target, stored, compression) < target.length) {
    throw corrupt(format, 'a strip or tile holds fewer pixels than it should');
  }
}

function filledBytes(target: Uint8Array, stored: Uint8Array, compression: Compression): number {
  switch (compression) {
    case 'none': {
      const kept = stored.subarray(0, target.length);
      target.set(kept);
      return kept.length;
    }
    case 'deflate':
      return callDecoder(format, 'its compressed pixels are broken', () => inflateInto(target, [stored]));
    case 'packbits':
      return unpackPackBitsInto(target, stored);
    case 'lzw':
      return unpackLzwInto(target, stored);
  }
}

/** TIFF 6.0, section 9. */
function unpackPackBitsInto(target: Uint8Array, stored: Uint8Array): number {
  let filled = 0;
  for (let at = 0; at + 1 < stored.length && filled < target.length;) {
    const control = stored[at++]!;
    if (control < 128) {
      const literal = stored.subarray(at, at + Math.min(control + 1, target.length - filled));
      target.set(literal, filled);
      filled += literal.length;
      at += control + 1;
    } else if (control > 128) {
      const run = Math.min(257 - control, target.length - filled);
      target.fill(stored[at++]!, filled, filled + run);
      filled += run;
    }
  }
  return filled;
}

const clearCode = 256;
const endCode = 257;
const tableSize = 4096;

/** TIFF 6.0, section 13: codes of 9 to 12 bits, high bit first, widened one code early. */
function unpackLzwInto(target: Uint8Array, stored: Uint8Array): number {
  // Before TIFF 6 the bits ran the other way; such a stream starts with this (libtiff, LZWPreDecode).
  if (stored[0] === 0 && ((stored[1] ?? 0) & 1) === 1) throw unsupported('TIFF with old-style LZW compression');
  /** Every string of the table stands in the target already: it is known by its last place there and its length. */
  const starts = new Uint32Array(tableSize);
  const lengths = new Uint16Array(tableSize);
  let filled = 0;
  let next = endCode + 1;
  let width = 9;
  let bits = 0;
  let bitCount = 0;
  let previousStart = -1;
  let previousLength = 0;
  for (let at = 0; filled < target.length;) {
    while (bitCount < width) {
      if (at === stored.length) return filled;
      bits = ((bits << 8) | stored[at++]!) & 0xfffff;
      bitCount += 8;
    }
    bitCount -= width;
    const code = (bits >> bitCount) & (2 ** width - 1);
    if (code === endCode) return filled;
    if (code === clearCode) {
      next = endCode + 1;
      width = 9;
      previousStart = -1;
      continue;
    }
    const start = filled;
    let length: number;
    if (code < clearCode) {
      target[filled] = code;
      length = 1;
    } else if (code < next && previousStart >= 0) {
      length = lengths[code]!;
      copyWithinInto(target, starts[code]!, start, length);
    } else if (code === next && previousStart >= 0) {
      length = previousLength + 1;
      copyWithinInto(target, previousStart, start, length);
    } else {
      throw corrupt(format, 'its LZW codes contradict each other');
    }
    // The new string: the previous one and the first byte of this, which stand side by side.
    if (previousStart >= 0 && next < tableSize) {
      starts[next] = previousStart;
      lengths[next] = previousLength + 1;
      next++;
      if (next === 2 ** width - 1 && width < 12) width++;
    }
    previousStart = start;
    previousLength = length;
    filled = Math.min(filled + length, target.length);
  }
  return filled;
}

/** Byte by byte from the left, because source and destination may overlap; what falls beyond the end is dropped. */
function copyWithinInto(target: Uint8Array, from: number, to: number, length: number): void {
  for (let i = 0; i < length; i++) target[to + i] = target[from + i]!;
}
