/** What the bytes are, told from themselves: names and MIME types lie. */

export type ReadableFormat = 'PNG' | 'JPEG' | 'TIFF' | 'WebP';

export type Sniffed =
  | { readonly kind: 'readable'; readonly format: ReadableFormat }
  /** Another format, in the words of an error's `found`. */
  | { readonly kind: 'unreadable'; readonly found: string };

const readable = (format: ReadableFormat): Sniffed => ({ kind: 'readable', format });
const unreadable = (found: string): Sniffed => ({ kind: 'unreadable', found });

/** Signatures as Latin-1, at the offset where their format puts them. First match wins. */
const others: readonly (readonly [offset: number, signature: string, found: string])[] = [
  [344, 'n+1\0', 'NIfTI'],
  [344, 'ni1\0', 'NIfTI'],
  [4, 'n+2\0', 'NIfTI'],
  [4, 'ni2\0', 'NIfTI'],
  [0, '\x1f\x8b', 'gzip-compressed data (perhaps NIfTI)'],
  [0, 'NRRD000', 'NRRD'],
  [0, 'ObjectType =', 'MetaImage'],
  [0, '%PDF', 'PDF'],
  [0, 'PK\x03\x04', 'a ZIP archive'],
  [0, 'PK\x05\x06', 'a ZIP archive'],
  [0, '8BPS', 'Photoshop (PSD)'],
  [0, '\0\0\0\x0cjP  \r\n\x87\n', 'JPEG 2000'],
  [0, '\xff\x4f\xff\x51', 'JPEG 2000'],
  [0, '\0\0\0\x0cJXL \r\n\x87\n', 'JPEG XL'],
  [0, '\xff\x0a', 'JPEG XL'],
  [0, '\0\0\x01\0', 'a Windows icon'],
  [0, '7z\xbc\xaf\x27\x1c', 'a 7-Zip archive'],
  [0, 'Rar!\x1a\x07', 'a RAR archive'],
  [0, '\x7fELF', 'a program'],
  [0, 'MZ\x90\0', 'a program'],
  [0, '\x1aE\xdf\xa3', 'a video'],
];

/** Brands of ISO base media files (ISO/IEC 14496-12 `ftyp`). */
const brands: readonly (readonly [brand: string, found: string])[] = [
  ['avi', 'AVIF'],
  ['hei', 'HEIC'],
  ['hev', 'HEIC'],
  ['mif1', 'HEIC'],
  ['msf1', 'HEIC'],
];

export function sniff(bytes: Uint8Array): Sniffed {
  const has = (offset: number, signature: string) => startsWith(bytes, offset, signature);
  // Before all others: PS3.10 §7.1 leaves the preamble to other formats, and slide scanners put a TIFF header there.
  if (has(128, 'DICM')) return unreadable('DICOM');
  if (has(0, '\x89PNG\r\n\x1a\n')) return readable('PNG');
  if (has(0, '\xff\xd8\xff')) return readable('JPEG');
  if (has(0, 'II') && has(2, '\x2a\0')) return readable('TIFF');
  if (has(0, 'MM') && has(2, '\0\x2a')) return readable('TIFF');
  if (has(0, 'II\x2b\0') || has(0, 'MM\0\x2b')) return unreadable('BigTIFF');
  if (has(0, 'RIFF')) return has(8, 'WEBP') ? readable('WebP') : unreadable('sound or video (RIFF)');
  if (has(0, 'GIF8')) return unreadable(hasSecondGifFrame(bytes) ? 'animated GIF' : 'GIF');
  if (has(4, 'ftyp')) return unreadable(brands.find(([brand]) => has(8, brand))?.[1] ?? 'a video');
  if (has(0, 'BM') && has(6, '\0\0\0\0')) return unreadable('BMP');
  const other = others.find(([offset, signature]) => has(offset, signature));
  if (other) return unreadable(other[2]);
  return unreadable(textKind(bytes) ?? 'unknown bytes');
}

function startsWith(bytes: Uint8Array, offset: number, signature: string): boolean {
  for (let i = 0; i < signature.length; i++) {
    if (bytes[offset + i] !== signature.charCodeAt(i)) return false;
  }
  return true;
}

/** Walks the blocks of GIF89a (sections 18 to 26) up to the second image. */
function hasSecondGifFrame(bytes: Uint8Array): boolean {
  const colourTableBytes = (packed: number) => (packed & 0x80 ? 3 * 2 ** ((packed & 7) + 1) : 0);
  let at = 13 + colourTableBytes(bytes[10] ?? 0);
  let frames = 0;
  while (at < bytes.length) {
    const kind = bytes[at];
    if (kind === 0x2c) {
      if (++frames === 2) return true;
      at += 11 + colourTableBytes(bytes[at + 9] ?? 0);
    } else if (kind === 0x21) {
      at += 2;
    } else {
      return false;
    }
    while ((bytes[at] ?? 0) !== 0) at += 1 + bytes[at]!;
    at++;
  }
  return false;
}

/** The kind of text the first 4 KiB are, or undefined if they are not text. */
function textKind(bytes: Uint8Array): string | undefined {
  const head = bytes.subarray(0, 4096);
  if (startsWith(head, 0, '\xff\xfe') || startsWith(head, 0, '\xfe\xff')) return 'text';
  // Control characters other than tab, line feed, form feed, carriage return and escape do not occur in text.
  if (head.some((byte) => byte < 9 || byte === 11 || (byte > 13 && byte < 32 && byte !== 27))) return undefined;
  let text: string;
  try {
    // `stream` lets the cut at 4 KiB fall inside a character.
    text = new TextDecoder('utf-8', { fatal: true }).decode(head, { stream: true });
  } catch {
    // Not UTF-8. In an older encoding most bytes would still be ASCII.
    if (head.filter((byte) => byte < 128).length < 0.7 * head.length) return undefined;
    return 'text';
  }
  const start = text.trimStart().slice(0, 200).toLowerCase();
  if (/^<(!doctype html|html|head|body)/.test(start)) return 'HTML';
  if (start.startsWith('<svg') || (start.startsWith('<?xml') && start.includes('<svg'))) return 'SVG';
  if (start.startsWith('<?xml')) return 'XML';
  return 'text';
}
