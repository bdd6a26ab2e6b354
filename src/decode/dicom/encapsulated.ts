/** Compressed frames in their fragments (PS3.5 A.4). */
import { concatenate } from '../concatenate';
import { corrupt, truncated } from '../failures';

const format = 'DICOM';
const itemTag = 0xe000fffe;
const itemHeaderBytes = 8;

interface Fragment {
  /** Of its item, from the first item after the offset table. */
  readonly offset: number;
  readonly bytes: Uint8Array;
}

/**
 * @param bytes  from the first item of the pixel data to the end of the file
 * @returns the frames that are whole: fewer than `frameCount` where the file ends early
 * @throws PipelineFailure 'corrupt-file', 'truncated-file'
 */
export function encapsulatedFrames(bytes: Uint8Array, frameCount: number): readonly Uint8Array[] {
  const [table, ...fragments] = itemsOf(bytes);
  if (!table || fragments.length === 0) throw truncated(format);
  const starts = frameStarts(table.bytes, fragments, frameCount);
  const frames = starts.map((start, n) =>
    concatenate(fragments.slice(start, starts[n + 1] ?? fragments.length).map((fragment) => fragment.bytes)),
  );
  return frames;
}

/** Items up to the delimiter; what ends early is left out, so that its frame is missing and not half there. */
function itemsOf(bytes: Uint8Array): readonly Fragment[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const items: Fragment[] = [];
  let firstFragment = 0;
  for (let at = 0; at + itemHeaderBytes <= bytes.length;) {
    if (view.getUint32(at, true) !== itemTag) break;
    const start = at + itemHeaderBytes;
    const end = start + view.getUint32(at + 4, true);
    if (end > bytes.length) break;
    if (items.length === 0) firstFragment = end;
    items.push({ offset: at - firstFragment, bytes: bytes.subarray(start, end) });
    at = end;
  }
  return items;
}

/** Index of the fragment with which each frame begins. */
function frameStarts(table: Uint8Array, fragments: readonly Fragment[], frameCount: number): readonly number[] {
  if (frameCount === 1) return [0];
  const offsets = new DataView(table.buffer, table.byteOffset, table.byteLength);
  if (table.length >= 4 * frameCount) {
    const starts = Array.from({ length: frameCount }, (_, n) => offsets.getUint32(4 * n, true)).map((offset) =>
      fragments.findIndex((fragment) => fragment.offset === offset),
    );
    const found = starts.filter((start) => start >= 0);
    if (found.length > 0 && found.every((start, n) => n === 0 || start > found[n - 1]!)) return found;
  }
  const beginning = fragments.flatMap(({ bytes }, n) => (beginsCodestream(bytes) ? [n] : []));
  if (fragments.length <= frameCount) return fragments.map((_, n) => n);
  if (beginning.length === frameCount) return beginning;
  throw corrupt(format, 'its compressed frames cannot be told apart');
}

/** JPEG's and JPEG-LS' SOI, JPEG 2000's SOC. */
const beginsCodestream = (bytes: Uint8Array) => bytes[0] === 0xff && (bytes[1] === 0xd8 || bytes[1] === 0x4f);
