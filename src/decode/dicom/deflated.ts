import { Inflate } from 'fflate';
import { concatenate } from '../concatenate';
import { corrupt } from '../failures';

/** fflate inflates a whole piece before it hands anything on: at most 16 MiB at a time. */
const pieceBytes = 2 ** 14;

/**
 * Deflated Explicit VR Little Endian (PS3.5 A.5): everything after the file's header is one raw deflate stream.
 *
 * @param start  where it begins
 * @param limit  inflated no further than to this length, so that nothing is made of what a bomb holds beyond it
 * @returns the beginning of the file as if it had not been deflated: `limit` bytes, or fewer where it ends before
 * @throws PipelineFailure 'corrupt-file' if it is broken
 */
export function inflateDeflated(file: Uint8Array, start: number, limit: number): Uint8Array<ArrayBuffer> {
  const chunks: Uint8Array[] = [file.subarray(0, start)];
  let length = start;
  const stream = new Inflate((chunk) => {
    const kept = chunk.subarray(0, Math.max(0, limit - length));
    chunks.push(kept);
    length += kept.length;
  });
  for (let at = start; at < file.length && length < limit; at += pieceBytes) {
    try {
      stream.push(file.subarray(at, at + pieceBytes), false);
    } catch {
      throw corrupt('DICOM', 'its compressed data are damaged');
    }
  }
  return concatenate(chunks);
}
