/** The files in a ZIP archive (PKWARE APPNOTE 6.3), one by one, within bounds that hold before anything is inflated. */
import { Inflate } from 'fflate';
import { PipelineFailure } from '../domain/errors';
import type { FileBytes, NamedFile } from '../domain/scan';
import { maximumFileBytes } from './bounds';
import { bytesOf } from './byteSource';
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
  const entryCount = view.getUint16(at + 10, true);
  const directoryBytes = view.getUint32(at + 12, true);
  const directoryStart = view.getUint32(at + 16, true);
  if (entryCount === 0xffff || directoryStart === 0xffffffff) throw refused('it is in the ZIP64 format');
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
    const name = directory.subarray(at + centralHeaderBytes, at + centralHeaderBytes + nameBytes);
    entries.push({
      path: nameText(name, (flags & 0x800) !== 0),
      isEncrypted: (flags & 1) !== 0,
      method: view.getUint16(at + 10, true),
      packedBytes: view.getUint32(at + 20, true),
      bytes: view.getUint32(at + 24, true),
      offset: view.getUint32(at + 42, true),
    });
    at += centralHeaderBytes + nameBytes + extraBytes + commentBytes;
  }
  return entries;
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
  if (bytes.length !== entry.bytes) throw damaged();
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
