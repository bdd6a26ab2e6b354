import { Unzlib } from 'fflate';

/** Deflate cannot expand further than this (258 bytes from 2 bits), so a claim beyond it is known to be false at once. */
export const maximumDeflateRatio = 1032;

/** Small, because fflate inflates a whole piece before it hands anything on: at most 4 MiB at a time. */
const pieceBytes = 4096;

/**
 * Inflates a zlib stream until `target` is full, and no further: what a bomb would write beyond it is never made.
 *
 * @param pieces  the stream, in any number of pieces
 * @returns bytes written to `target`; fewer than its length if the stream ended early
 * @throws whatever fflate throws on a broken stream
 */
export function inflateInto(target: Uint8Array, pieces: readonly Uint8Array[]): number {
  let filled = 0;
  const stream = new Unzlib((chunk) => {
    const kept = chunk.subarray(0, target.length - filled);
    target.set(kept, filled);
    filled += kept.length;
  });
  for (const piece of pieces) {
    for (let at = 0; at < piece.length && filled < target.length; at += pieceBytes) {
      stream.push(piece.subarray(at, at + pieceBytes), false);
    }
  }
  return filled;
}
