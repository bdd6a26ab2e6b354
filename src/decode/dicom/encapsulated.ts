/** Compressed frames in their fragments (PS3.5 A.4). */
import { concatenate } from '../concatenate';
import { corrupt, truncated } from '../failures';

const format = 'DICOM';
const itemTag = 0xe000fffe;
const delimiterTag = 0xe0ddfffe;
const itemHeaderBytes = 8;

interface Fragment {
  /** Of its item, from the first item after the offset table. */
  readonly offset: number;
  readonly bytes: Uint8Array;
}

interface Items {
  readonly table: Uint8Array;
  readonly fragments: readonly Fragment[];
  /** Where the last of them ends, counted as their offsets are. */
  readonly end: number;
  /** Their delimiter follows: none is missing. */
  readonly isWhole: boolean;
  /** The file ends within one more. */
  readonly isCut: boolean;
}

/** One run of fragments a frame, by the index of its first and the one behind its last. */
type FrameRun = readonly [start: number, end: number];

/**
 * @param bytes  from the first item of the pixel data to the end of the file
 * @returns the frames that are whole: fewer than `frameCount` where the file ends early
 * @throws PipelineFailure 'corrupt-file', 'truncated-file'
 */
export function encapsulatedFrames(bytes: Uint8Array, frameCount: number): readonly Uint8Array[] {
  const items = itemsOf(bytes);
  if (items.fragments.length === 0) throw truncated(format);
  return frameRuns(items, frameCount).map(([start, end]) =>
    concatenate(items.fragments.slice(start, end).map((fragment) => fragment.bytes)),
  );
}

/** Items up to the delimiter; what ends early is left out, so that its frame is missing and not half there. */
function itemsOf(bytes: Uint8Array): Items {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const fragments: Fragment[] = [];
  let table: Uint8Array | undefined;
  let firstFragment = 0;
  let at = 0;
  let isCut = false;
  while (at + 4 <= bytes.length && view.getUint32(at, true) === itemTag) {
    const start = at + itemHeaderBytes;
    const end = start <= bytes.length ? start + view.getUint32(at + 4, true) : Infinity;
    isCut = end > bytes.length;
    if (isCut) break;
    if (!table) {
      table = bytes.subarray(start, end);
      firstFragment = end;
    } else fragments.push({ offset: at - firstFragment, bytes: bytes.subarray(start, end) });
    at = end;
  }
  if (!table) throw truncated(format);
  const isWhole = at + 4 <= bytes.length && view.getUint32(at, true) === delimiterTag;
  return { table, fragments, end: at - firstFragment, isWhole, isCut };
}

/**
 * A table that names places where no fragment begins is damaged, and then no frame of it is believed: with one of them
 * left out, all later frames would be taken for the ones before. What the fragments say by themselves is left.
 */
function frameRuns(items: Items, frameCount: number): readonly FrameRun[] {
  const { fragments, isWhole, isCut } = items;
  if (frameCount === 1) return isCut ? [] : [[0, fragments.length]];
  // Each frame has at least one.
  if (isWhole && fragments.length === frameCount) return fragments.map((_, n) => [n, n + 1]);
  const listed = listedRuns(items, frameCount);
  if (listed) return listed;
  const beginning = fragments.flatMap(({ bytes }, n) => (beginsCodestream(bytes) ? [n] : []));
  const areOneEach = beginning.length === fragments.length || beginning.length === 0;
  if (!isWhole && areOneEach && fragments.length <= frameCount) return fragments.map((_, n) => [n, n + 1]);
  const isCount = isWhole ? beginning.length === frameCount : beginning.length <= frameCount;
  if (beginning[0] === 0 && isCount) return runsFrom(beginning, fragments.length, isCut);
  throw corrupt(format, 'its compressed frames cannot be told apart');
}

/** By the Basic Offset Table; undefined if it has not all frames, or contradicts the fragments. */
function listedRuns(
  { table, fragments, end, isWhole, isCut }: Items,
  frameCount: number,
): readonly FrameRun[] | undefined {
  if (table.length < 4 * frameCount) return undefined;
  const view = new DataView(table.buffer, table.byteOffset, table.byteLength);
  const offsets = Array.from({ length: frameCount }, (_, n) => view.getUint32(4 * n, true));
  const isRising = offsets.every((offset, n) => (n === 0 ? offset === 0 : offset > offsets[n - 1]!));
  if (!isRising) return undefined;
  // Where the file ends early, the last frames lie beyond it.
  const there = isWhole ? offsets : offsets.filter((offset) => offset < end);
  const indexOf = new Map(fragments.map(({ offset }, n) => [offset, n]));
  const starts = there.flatMap((offset) => indexOf.get(offset) ?? []);
  if (starts.length < there.length) return undefined;
  const next = offsets[there.length];
  return runsFrom(starts, fragments.length, next === undefined ? isCut : next !== end);
}

/** @param isLastCut  leaves out the last frame, which would be half there */
function runsFrom(starts: readonly number[], end: number, isLastCut: boolean): readonly FrameRun[] {
  const runs = starts.map((start, n): FrameRun => [start, starts[n + 1] ?? end]);
  return isLastCut ? runs.slice(0, -1) : runs;
}

/** JPEG's and JPEG-LS' SOI, JPEG 2000's SOC. */
const beginsCodestream = (bytes: Uint8Array) => bytes[0] === 0xff && (bytes[1] === 0xd8 || bytes[1] === 0x4f);
