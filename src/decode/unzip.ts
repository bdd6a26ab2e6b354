/** The files in a ZIP archive (PKWARE APPNOTE 6.3), one by one, within bounds that hold before anything is inflated. */
import { Inflate } from 'fflate';
import { PipelineFailure } from '../domain/errors';
import type { FileBytes, NamedFile } from '../domain/scan';
import { maximumFileBytes } from './bounds';
import { bytesOf } from './byteSource';
import { crc32 } from './checksums';
import { cp437 } from './cp437';
import { maximumDeflateRatio } from './inflate';

/** More than any study has. */
const maximumEntries = 20_000;

/** A study of 5,000 slices of 512² has two and a half. */
const maximumTotalBytes = 2 ** 30;

const endBytes = 22;
const longestComment = 0xffff;
const centralHeaderBytes = 46;
const localHeaderBytes = 30;

/** fflate inflates a whole piece before it hands anything on: at most 16 MiB at a time. */
const pieceBytes = 2 ** 14;

export interface ZipEntry {
  readonly path: string;
  readonly method: number;
  readonly isEncrypted: boolean;
  readonly packedBytes: number;
  readonly bytes: number;
  readonly crc32: number;
  readonly offset: number;
}

/**
 * The archive's directory; folders are left out.
 *
 * @throws PipelineFailure 'archive', 'unreadable-file'
 */
export async function zipEntries(archive: FileBytes): Promise<readonly ZipEntry[]> {
  const tail = await bytesOf(archive.slice(Math.max(0, archive.size - endBytes - longestComment), archive.size));
  const view = viewOf(tail);
  let at = tail.length - endBytes;
  while (at >= 0 && view.getUint32(at, true) !== 0x06054b50) at--;
  if (at < 0) throw refused('it is cut off, or damaged');
  const { entryCount, directoryBytes, directoryStart } = (await zip64End(archive, archive.size - tail.length + at)) ?? {
    entryCount: view.getUint16(at + 10, true),
    directoryBytes: view.getUint32(at + 12, true),
    directoryStart: view.getUint32(at + 16, true),
  };
  if (entryCount > maximumEntries) throw refused(`it holds ${entryCount} files; up to ${maximumEntries} are read`);
  if (directoryStart + directoryBytes > archive.size) throw refused('it is cut off, or damaged');
  const directory = await bytesOf(archive.slice(directoryStart, directoryStart + directoryBytes));
  const entries = readDirectory(directory, entryCount).filter(({ path }) => !path.endsWith('/'));

  for (const { bytes, packedBytes, offset } of entries) {
    if (bytes > maximumFileBytes) throw refused('it would unpack to a file that is too large');
    if (bytes > 64 + packedBytes * maximumDeflateRatio) throw refused('it claims more than its bytes can hold');
    if (offset + localHeaderBytes + packedBytes > archive.size) throw refused('it is cut off, or damaged');
  }
  const total = entries.reduce((sum, { bytes }) => sum + bytes, 0);
  if (total > maximumTotalBytes) {
    throw refused(
      `it would unpack to ${Math.ceil(total / 2 ** 20)} MiB; up to ${maximumTotalBytes / 2 ** 20} are read`,
    );
  }
  return entries;
}

interface DirectoryPlace {
  readonly entryCount: number;
  readonly directoryBytes: number;
  readonly directoryStart: number;
}

const zip64LocatorBytes = 20;
const zip64EndBytes = 56;

/**
 * APPNOTE 4.3.14 and 4.3.15: archives with a number that does not fit its field say it again, in 64 bits, before the end.
 *
 * @param endAt  where the end of the directory stands
 * @returns undefined: there is none
 * @throws PipelineFailure 'archive', 'unreadable-file'
 */
async function zip64End(archive: FileBytes, endAt: number): Promise<DirectoryPlace | undefined> {
  if (endAt < zip64LocatorBytes) return undefined;
  const locator = viewOf(await bytesOf(archive.slice(endAt - zip64LocatorBytes, endAt)));
  if (locator.getUint32(0, true) !== 0x07064b50) return undefined;
  const start = wide(locator, 8);
  if (start + zip64EndBytes > endAt) throw refused('it is cut off, or damaged');
  const end = viewOf(await bytesOf(archive.slice(start, start + zip64EndBytes)));
  if (end.getUint32(0, true) !== 0x06064b50) throw refused('it is cut off, or damaged');
  return { entryCount: wide(end, 32), directoryBytes: wide(end, 40), directoryStart: wide(end, 48) };
}

/** 64 bits; beyond 2^53 they are no longer exact, and far beyond every bound. */
const wide = (view: DataView, at: number) => Number(view.getBigUint64(at, true));

function readDirectory(directory: Uint8Array, entryCount: number): readonly ZipEntry[] {
  const view = viewOf(directory);
  const entries: ZipEntry[] = [];
  for (let at = 0, n = 0; n < entryCount; n++) {
    if (at + centralHeaderBytes > directory.length || view.getUint32(at, true) !== 0x02014b50) {
      throw refused('it is cut off, or damaged');
    }
    const flags = view.getUint16(at + 8, true);
    const nameBytes = view.getUint16(at + 28, true);
    const extraBytes = view.getUint16(at + 30, true);
    const commentBytes = view.getUint16(at + 32, true);
    const extraStart = at + centralHeaderBytes + nameBytes;
    if (extraStart + extraBytes > directory.length) throw refused('it is cut off, or damaged');
    const name = directory.subarray(at + centralHeaderBytes, extraStart);
    const [bytes, packedBytes, offset] = zip64Fields(directory.subarray(extraStart, extraStart + extraBytes), [
      view.getUint32(at + 24, true),
      view.getUint32(at + 20, true),
      view.getUint32(at + 42, true),
    ]);
    entries.push({
      path: nameText(name, (flags & 0x800) !== 0),
      isEncrypted: (flags & 1) !== 0,
      method: view.getUint16(at + 10, true),
      packedBytes,
      bytes,
      crc32: view.getUint32(at + 16, true),
      offset,
    });
    at += centralHeaderBytes + nameBytes + extraBytes + commentBytes;
  }
  return entries;
}

type EntryFields = readonly [bytes: number, packedBytes: number, offset: number];

/** APPNOTE 4.5.3: of the three fields, those that are all ones stand in 64 bits in the extra field 1, in this order. */
function zip64Fields(extra: Uint8Array, fields: EntryFields): EntryFields {
  if (!fields.includes(0xffffffff)) return fields;
  const view = viewOf(extra);
  for (let at = 0; at + 4 <= extra.length;) {
    const end = at + 4 + view.getUint16(at + 2, true);
    if (view.getUint16(at, true) === 1 && end <= extra.length) {
      let from = at + 4;
      const next = (field: number) => {
        if (field !== 0xffffffff) return field;
        if (from + 8 > end) throw refused('it is cut off, or damaged');
        from += 8;
        return wide(view, from - 8);
      };
      return [next(fields[0]), next(fields[1]), next(fields[2])];
    }
    at = end;
  }
  return fields;
}

/** APPNOTE D.1: CP437 unless the flag says UTF-8. Many writers use UTF-8 and do not say so, and no CP437 text is valid UTF-8 by chance. */
function nameText(name: Uint8Array, isUtf8: boolean): string {
  let path: string;
  try {
    path = new TextDecoder('utf-8', { fatal: !isUtf8 }).decode(name);
  } catch {
    path = cp437(name);
  }
  return path.replaceAll('\\', '/').replace(/^\/+/, '');
}

/**
 * @param archive  the archive that `entry` is from
 * @throws PipelineFailure 'archive', 'corrupt-file', 'unreadable-file'
 */
export async function unzipEntry(archive: FileBytes, entry: ZipEntry): Promise<NamedFile> {
  if (entry.isEncrypted) throw refused('it is encrypted');
  if (entry.method !== 0 && entry.method !== 8) throw refused('its compression is neither "stored" nor "deflate"');
  const header = viewOf(await bytesOf(archive.slice(entry.offset, entry.offset + localHeaderBytes)));
  if (header.byteLength < localHeaderBytes || header.getUint32(0, true) !== 0x04034b50) throw damaged();
  const start = entry.offset + localHeaderBytes + header.getUint16(26, true) + header.getUint16(28, true);
  const packed = await bytesOf(archive.slice(start, start + entry.packedBytes));
  const bytes = entry.method === 0 ? packed : inflated(packed, entry.bytes);
  if (bytes.length !== entry.bytes || crc32(bytes) !== entry.crc32) throw damaged();
  return { path: entry.path, blob: new Blob([bytes]) };
}

/** No further than the directory claims. */
function inflated(packed: Uint8Array, length: number): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(length);
  let filled = 0;
  const stream = new Inflate((chunk) => {
    if (filled + chunk.length > length) throw damaged();
    bytes.set(chunk, filled);
    filled += chunk.length;
  });
  try {
    for (let at = 0; at < packed.length; at += pieceBytes) {
      stream.push(packed.subarray(at, at + pieceBytes), at + pieceBytes >= packed.length);
    }
  } catch {
    throw damaged();
  }
  if (filled < length) throw damaged();
  return bytes;
}

const viewOf = (bytes: Uint8Array) => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

const refused = (problem: string) => new PipelineFailure({ code: 'archive', problem });

const damaged = () =>
  new PipelineFailure({
    code: 'corrupt-file',
    format: 'ZIP',
    problem: 'a file in it does not unpack to what it claims',
  });
