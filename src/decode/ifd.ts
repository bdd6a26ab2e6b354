/** Image file directories: the structure of TIFF 6.0 (section 2), which EXIF shares. Reads only what lies inside the bytes. */
import { corrupt, truncated } from './failures';

const format = 'TIFF';

/** Real ones have 10 to 60; the cap bounds the work of a hostile chain. */
const maximumTags = 1024;

export interface TiffBytes {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  readonly isLittleEndian: boolean;
}

export interface Field {
  /** TIFF 6.0: 1 BYTE, 3 SHORT, 4 LONG … */
  readonly type: number;
  readonly count: number;
  /** Where its twelve bytes' value-or-offset is. */
  readonly valueAt: number;
}

export interface Directory {
  readonly fields: ReadonlyMap<number, Field>;
  /** Offset of the next directory, 0 after the last. */
  readonly next: number;
}

/** Bytes of one value, by type; the types whose values are whole numbers ≥ 0. */
const wholeNumberBytes: Readonly<Record<number, 1 | 2 | 4>> = { 1: 1, 3: 2, 4: 4, 13: 4 };

export function tiffBytes(bytes: Uint8Array): TiffBytes {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return { bytes, view, isLittleEndian: bytes[0] === 0x49 };
}

/** @throws PipelineFailure 'truncated-file' */
export function firstDirectoryAt({ bytes, view, isLittleEndian }: TiffBytes): number {
  if (bytes.length < 8) throw truncated(format);
  return view.getUint32(4, isLittleEndian);
}

/** @throws PipelineFailure 'truncated-file', 'corrupt-file' */
export function readDirectory({ bytes, view, isLittleEndian }: TiffBytes, at: number): Directory {
  if (at + 2 > bytes.length) throw truncated(format);
  const count = view.getUint16(at, isLittleEndian);
  const end = at + 2 + 12 * count;
  if (end + 4 > bytes.length) throw truncated(format);
  if (count > maximumTags) throw corrupt(format, `a page has more than ${maximumTags} tags`);
  const fields = new Map<number, Field>();
  for (let entry = at + 2; entry < end; entry += 12) {
    fields.set(view.getUint16(entry, isLittleEndian), {
      type: view.getUint16(entry + 2, isLittleEndian),
      count: view.getUint32(entry + 4, isLittleEndian),
      valueAt: entry + 8,
    });
  }
  return { fields, next: view.getUint32(end, isLittleEndian) };
}

/**
 * A tag's whole numbers; undefined if the tag is absent.
 *
 * @param maximumCount  more than this many values is a contradiction
 * @throws PipelineFailure 'truncated-file', 'corrupt-file'
 */
export function tagValues(
  { bytes, view, isLittleEndian }: TiffBytes,
  { fields }: Directory,
  tag: number,
  maximumCount: number,
): readonly number[] | undefined {
  const field = fields.get(tag);
  if (!field) return undefined;
  const { type, count, valueAt } = field;
  const width = wholeNumberBytes[type];
  if (width === undefined || count === 0 || count > maximumCount) {
    throw corrupt(format, `tag ${tag} has the wrong type or number of values`);
  }
  const at = width * count <= 4 ? valueAt : view.getUint32(valueAt, isLittleEndian);
  if (at + width * count > bytes.length) throw truncated(format);
  return Array.from({ length: count }, (_, i) => {
    if (width === 1) return view.getUint8(at + i);
    return width === 2 ? view.getUint16(at + 2 * i, isLittleEndian) : view.getUint32(at + 4 * i, isLittleEndian);
  });
}
