import { Inflate } from 'fflate';
import { maximumFileBytes } from '../bounds';
import { concatenate } from '../concatenate';
import { corrupt } from '../failures';

/** fflate inflates a whole piece before it hands anything on: at most 16 MiB at a time. */
const pieceBytes = 2 ** 14;

/**
 * Deflated Explicit VR Little Endian (PS3.5 A.5): everything after the file's header is one raw deflate stream.
 *
 * @param start  where it begins
 * @returns the file as if it had not been deflated
 * @throws PipelineFailure 'corrupt-file' if it is broken, or inflates to more than `maximumFileBytes`
 */
export function inflateDeflated(file: Uint8Array, start: number): Uint8Array<ArrayBuffer> {
  const chunks: Uint8Array[] = [file.subarray(0, start)];
  let length = start;
  const stream = new Inflate((chunk) => {
    chunks.push(chunk);
    length += chunk.length;
  });
  for (let at = start; at < file.length; at += pieceBytes) {
    try {
      stream.push(file.subarray(at, at + pieceBytes), false);
    } catch {
      throw corrupt('DICOM', 'its compressed data are damaged');
    }
    if (length > maximumFileBytes) throw corrupt('DICOM', 'it inflates to more than an image can have');
  }
  return concatenate(chunks);
}
