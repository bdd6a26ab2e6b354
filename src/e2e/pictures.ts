/** Pictures for browser tests: the phantom in several formats, and damaged files. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { crc32 } from 'node:zlib';
import { encode as encodePng } from 'fast-png';
import jpeg from 'jpeg-js';
import { drawPhantom } from '../domain/phantom';
import type { Picture } from './journey';

const phantom = drawPhantom();
const [width, height] = phantom.grid.dims;
export const phantomSize = { width, height };

const grey = Uint8Array.from(phantom.intensities);

export function phantomPng(name = 'phantom.png'): Picture {
  const buffer = Buffer.from(encodePng({ width, height, data: grey, channels: 1, depth: 8 }));
  return { name, buffer, mimeType: 'image/png' };
}

/** TIFF 6.0, little endian, uncompressed 8-bit grey, one strip a page. */
export function phantomTiff(pageCount: number, name = 'stack.tif'): Picture {
  const entryCount = 9;
  const directoryBytes = 2 + 12 * entryCount + 4;
  const pageBytes = directoryBytes + grey.length + (grey.length % 2);
  const buffer = Buffer.alloc(8 + pageCount * pageBytes);
  buffer.write('II', 0, 'latin1');
  buffer.writeUInt16LE(42, 2);
  buffer.writeUInt32LE(8, 4);
  for (let page = 0; page < pageCount; page++) {
    const start = 8 + page * pageBytes;
    // Tag and value; all are LONG (4) of one value, which readers must accept for these tags (TIFF 6.0, section 8).
    const entries: readonly (readonly [tag: number, value: number])[] = [
      [256, width],
      [257, height],
      [258, 8],
      [259, 1],
      [262, 1],
      [273, start + directoryBytes],
      [277, 1],
      [278, height],
      [279, grey.length],
    ];
    buffer.writeUInt16LE(entryCount, start);
    entries.forEach(([tag, value], index) => {
      const at = start + 2 + 12 * index;
      buffer.writeUInt16LE(tag, at);
      buffer.writeUInt16LE(4, at + 2);
      buffer.writeUInt32LE(1, at + 4);
      buffer.writeUInt32LE(value, at + 8);
    });
    buffer.writeUInt32LE(page === pageCount - 1 ? 0 : start + pageBytes, start + directoryBytes - 4);
    buffer.set(grey, start + directoryBytes);
  }
  return { name, buffer, mimeType: 'image/tiff' };
}

/** A JPEG whose EXIF says: turn me by 90° clockwise (orientation 6), as a camera held upright writes it. */
export function turnedJpeg(name = 'turned.jpg'): Picture {
  const rgba = new Uint8Array(width * height * 4);
  grey.forEach((value, index) => rgba.set([value, value, value, 255], 4 * index));
  const plain = jpeg.encode({ width, height, data: rgba }, 95).data;
  // APP1: Exif header, little-endian TIFF with one entry: tag 0x0112, SHORT, 6.
  // prettier-ignore
  const exif = Buffer.from([
    0xff, 0xe1, 0, 34, 0x45, 0x78, 0x69, 0x66, 0, 0,
    0x49, 0x49, 42, 0, 8, 0, 0, 0, 1, 0, 0x12, 0x01, 3, 0, 1, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0,
  ]);
  return {
    name,
    buffer: Buffer.concat([plain.subarray(0, 2), exif, plain.subarray(2)]),
    mimeType: 'image/jpeg',
  };
}

/** Colour to the edges: no MRI. */
export function photograph(name = 'holiday.jpg'): Picture {
  const [columns, rows] = [320, 240];
  const rgba = new Uint8Array(columns * rows * 4);
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++) rgba.set([80 + x / 2, 60 + y / 2, 200 - x / 3, 255], 4 * (y * columns + x));
  }
  return { name, buffer: jpeg.encode({ width: columns, height: rows, data: rgba }, 90).data, mimeType: 'image/jpeg' };
}

/** A damaged or unfit file of the decoder's own tests. */
export async function fixture(file: string): Promise<Picture> {
  const folder = path.resolve(import.meta.dirname, '../decode/fixtures');
  return { name: file, buffer: await readFile(path.join(folder, file)), mimeType: 'application/octet-stream' };
}

/** A PNG whose header claims 20000 × 20000 pixels: 400 million of them in 57 bytes. */
export function hugePng(name = 'huge.png'): Picture {
  const chunk = (type: string, content: Buffer) => {
    const named = Buffer.concat([Buffer.from(type, 'latin1'), content]);
    const [length, checksum] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(content.length);
    checksum.writeUInt32BE(crc32(named));
    return Buffer.concat([length, named, checksum]);
  };
  const header = Buffer.from([0, 0, 0x4e, 0x20, 0, 0, 0x4e, 0x20, 8, 0, 0, 0, 0]);
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  const buffer = Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', Buffer.alloc(0)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
  return { name, buffer, mimeType: 'image/png' };
}
