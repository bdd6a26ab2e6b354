/** Bytes of a chosen file in order, inflated where they are compressed, never more at once than asked for. */
import { FlateErrorCode, Gunzip, Unzlib, type FlateError, type FlateStreamHandler } from 'fflate';
import { PipelineFailure } from '../domain/errors';
import type { FileBytes } from '../domain/scan';
import { adler32, crc32 } from './checksums';
import { corrupt } from './failures';
import { maximumDeflateRatio } from './inflate';

export interface ByteSource {
  /**
   * Reads on.
   *
   * @returns `count` bytes in a buffer of their own, fewer only at the end
   */
  read(count: number): Promise<Uint8Array<ArrayBuffer>>;
  /** No more bytes than this can follow: what a header claims is held against it before anything is allocated. */
  atMost(): number;
  /** After the last read. @throws PipelineFailure 'corrupt-file' if the whole was inflated and its checksum is wrong */
  verify(): Promise<void>;
}

/** Read and passed over in steps of this size. */
const stepBytes = 2 ** 22;

/** No header has as much behind it. In a compressed file a few bytes claim gigabytes, which would all be inflated. */
const maximumSkippedBytes = 2 ** 26;

/** A member of gzip holds more than this (bgzip: 64 KiB each), but for the first few: each costs time, whatever is in it. */
const leastMemberBytes = 1024;
const freeMembers = 16;

/** Looked through for a checksum: one of 8 bytes is not met in it by chance, one of 4 once in 65,536 files that are damaged. */
const mostAppendedBytes = 2 ** 16;

/** fflate inflates a whole piece before it hands anything on: at most 16 MiB at a time. */
const pieceBytes = 2 ** 14;

/** @throws PipelineFailure 'corrupt-file' where the claim cannot be */
export async function skip(source: ByteSource, count: number, format: string): Promise<void> {
  if (count > maximumSkippedBytes) throw corrupt(format, 'its voxels would begin too far behind its header');
  for (let left = count; left > 0;) {
    const { length } = await source.read(Math.min(left, stepBytes));
    if (length === 0) return;
    left -= length;
  }
}

export function storedBytes(blob: FileBytes): ByteSource {
  let at = 0;
  return {
    async read(count) {
      const bytes = await bytesOf(blob.slice(at, at + count));
      at += bytes.length;
      return bytes;
    },
    atMost: () => blob.size - at,
    verify: () => Promise.resolve(),
  };
}

/**
 * All members of a gzip file; what follows them and is none is passed over, as gzip(1) does.
 *
 * @param format  named in failures
 */
export function gunzippedBytes(blob: FileBytes, format: string): ByteSource {
  const stream = new Gunzip();
  let memberCount = 1;
  let byteCount = 0;
  const counted = (bytes: Uint8Array, before: number) => {
    byteCount += bytes.length;
    return crc32(bytes, before);
  };
  // RFC 1952 §2.3.1: CRC32 and ISIZE, little-endian.
  const trailer = (sum: number) => new Uint8Array(Uint32Array.of(sum, byteCount).buffer);
  const source = inflatedBytes(blob, format, stream, 0, counted, trailer);
  stream.onmember = () => {
    if (++memberCount > freeMembers + byteCount / leastMemberBytes) throw corrupt(format, 'its compression is damaged');
  };
  // Of several members each has a checksum of its own, which fflate does not show.
  return { ...source, verify: () => (memberCount > 1 ? Promise.resolve() : source.verify()) };
}

/** @param format  named in failures */
export function unzippedBytes(blob: FileBytes, format: string): ByteSource {
  // RFC 1950 §2.2: ADLER32, big-endian.
  const trailer = (sum: number) => new Uint8Array(Uint32Array.of(sum).buffer).reverse();
  return inflatedBytes(blob, format, new Unzlib(), 1, adler32, trailer);
}

/** Compressed data end with their checksum, but for what programs append: a line's end, zeros up to a whole block. */
async function endsWith(blob: FileBytes, trailer: Uint8Array): Promise<boolean> {
  const tail = await bytesOf(blob.slice(Math.max(0, blob.size - mostAppendedBytes - trailer.length), blob.size));
  for (let at = tail.length - trailer.length; at >= 0; at--) {
    if (trailer.every((byte, n) => tail[at + n] === byte)) return true;
  }
  return false;
}

/** A blob's own bytes. @throws PipelineFailure 'unreadable-file' if the system does not give them */
export async function bytesOf(blob: FileBytes): Promise<Uint8Array<ArrayBuffer>> {
  try {
    return new Uint8Array(await blob.arrayBuffer());
  } catch (thrown) {
    // Browsers and Node: the file was moved, changed or removed since it was chosen.
    if (thrown instanceof DOMException) throw new PipelineFailure({ code: 'unreadable-file' });
    throw thrown;
  }
}

interface Inflater {
  ondata: FlateStreamHandler;
  push(piece: Uint8Array, isFinal?: boolean): void;
}

function inflatedBytes(
  blob: FileBytes,
  format: string,
  stream: Inflater,
  emptyChecksum: number,
  checksum: (bytes: Uint8Array, before: number) => number,
  trailer: (sum: number) => Uint8Array,
): ByteSource {
  const broken = () => corrupt(format, 'its compressed data are damaged');
  const compressed = storedBytes(blob);
  let stock: Uint8Array = new Uint8Array();
  let stocked: Uint8Array[] = [];
  let stockedBytes = 0;
  let sum = emptyChecksum;
  let hasEnded = false;
  stream.ondata = (chunk) => {
    sum = checksum(chunk, sum);
    stocked.push(chunk);
    stockedBytes += chunk.length;
  };

  async function inflateOn(): Promise<boolean> {
    if (stock.length === 0 && !hasEnded) stock = await compressed.read(stepBytes);
    if (stock.length === 0) return false;
    const piece = stock.subarray(0, pieceBytes);
    stock = stock.subarray(pieceBytes);
    try {
      stream.push(piece, false);
    } catch (thrown) {
      // After a whole member: what begins there is no other one.
      hasEnded = sum !== emptyChecksum && (thrown as Partial<FlateError>).code === FlateErrorCode.InvalidHeader;
      if (!hasEnded) throw broken();
      stock = new Uint8Array();
    }
    return true;
  }

  return {
    async read(count) {
      while (stockedBytes < count && (await inflateOn()));
      const bytes = new Uint8Array(Math.min(count, stockedBytes));
      let at = 0;
      let used = 0;
      while (at < bytes.length) {
        const chunk = stocked[used]!;
        const part = chunk.subarray(0, bytes.length - at);
        bytes.set(part, at);
        at += part.length;
        if (part.length === chunk.length) used++;
        else stocked[used] = chunk.subarray(part.length);
      }
      stocked = stocked.slice(used);
      stockedBytes -= bytes.length;
      return bytes;
    },
    atMost: () => stockedBytes + (compressed.atMost() + stock.length) * maximumDeflateRatio,
    async verify() {
      while (stockedBytes === 0 && (await inflateOn()));
      // More follows (other volumes of a 4-D file): the checksum is over all of it, and all of it is not wanted.
      if (stockedBytes === 0 && !(await endsWith(blob, trailer(sum)))) throw broken();
    },
  };
}
