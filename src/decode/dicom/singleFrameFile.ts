import { concatenate } from '../concatenate';
import type { PixelFormat } from './pixelFormat';

/** Secondary Capture: the class that demands least (PS3.4 B.5). */
const sopClassUid = '1.2.840.10008.5.1.4.1.1.7';
/** Of this one throw-away file (PS3.5 B.2: a UID under the root for such). */
const sopInstanceUid = '2.25.1';

const undefinedLength = 0xffffffff;

/**
 * A file of one compressed frame and nothing else: no rescale, no geometry, and never MONOCHROME1, which GDCM would
 * invert. PS3.10 §7.1, PS3.5 §7.1.2 and A.4.
 */
export function singleFrameFile(frame: Uint8Array, transferSyntax: string, pixels: PixelFormat): Uint8Array {
  const meta = concatenate([
    uid(0x0002, 0x0002, sopClassUid),
    uid(0x0002, 0x0003, sopInstanceUid),
    uid(0x0002, 0x0010, transferSyntax),
  ]);
  const metaLength = new Uint8Array(4);
  new DataView(metaLength.buffer).setUint32(0, meta.length, true);
  return concatenate([
    new Uint8Array(128),
    ascii('DICM'),
    short(0x0002, 0x0000, 'UL', metaLength),
    meta,
    uid(0x0008, 0x0016, sopClassUid),
    uid(0x0008, 0x0018, sopInstanceUid),
    unsigned(0x0028, 0x0002, 1),
    short(0x0028, 0x0004, 'CS', ascii('MONOCHROME2 ')),
    unsigned(0x0028, 0x0010, pixels.rows),
    unsigned(0x0028, 0x0011, pixels.columns),
    unsigned(0x0028, 0x0100, pixels.bitsAllocated),
    unsigned(0x0028, 0x0101, pixels.bitsStored),
    unsigned(0x0028, 0x0102, pixels.highBit),
    unsigned(0x0028, 0x0103, pixels.isSigned ? 1 : 0),
    tagBytes(0x7fe0, 0x0010),
    ascii('OB\0\0'),
    lengthBytes(undefinedLength),
    item(new Uint8Array()),
    item(frame.length % 2 === 0 ? frame : concatenate([frame, new Uint8Array(1)])),
    tagBytes(0xfffe, 0xe0dd),
    lengthBytes(0),
  ]);
}

const ascii = (text: string) => Uint8Array.from(text, (character) => character.charCodeAt(0));

const tagBytes = (group: number, element: number) =>
  Uint8Array.of(group & 255, group >> 8, element & 255, element >> 8);

function lengthBytes(length: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, length, true);
  return bytes;
}

const short = (group: number, element: number, vr: string, value: Uint8Array) =>
  concatenate([tagBytes(group, element), ascii(vr), Uint8Array.of(value.length & 255, value.length >> 8), value]);

const uid = (group: number, element: number, value: string) =>
  short(group, element, 'UI', ascii(value.length % 2 === 0 ? value : `${value}\0`));

const unsigned = (group: number, element: number, value: number) =>
  short(group, element, 'US', Uint8Array.of(value & 255, value >> 8));

const item = (value: Uint8Array) => concatenate([tagBytes(0xfffe, 0xe000), lengthBytes(value.length), value]);
