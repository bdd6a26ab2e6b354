/** Size of a compressed frame from its own header, since a decoder allocates by that and not by the DICOM header. */

/**
 * JPEG and JPEG-LS: the frame header SOF (ITU-T T.81 B.2.2, T.87 C.2.2); JPEG 2000: SIZ (ITU-T T.800 A.5.1).
 *
 * @returns undefined if there is none
 */
export function codestreamDims(frame: Uint8Array): readonly [width: number, height: number] | undefined {
  if (frame[0] !== 0xff) return undefined;
  if (frame[1] === 0x4f) return jpeg2000Dims(frame);
  return frame[1] === 0xd8 ? jpegDims(frame) : undefined;
}

function jpeg2000Dims(frame: Uint8Array): readonly [number, number] | undefined {
  if (frame.length < 24 || frame[2] !== 0xff || frame[3] !== 0x51) return undefined;
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  return [view.getUint32(8) - view.getUint32(16), view.getUint32(12) - view.getUint32(20)];
}

function jpegDims(frame: Uint8Array): readonly [number, number] | undefined {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  for (let at = 2; at + 9 <= frame.length;) {
    if (frame[at] !== 0xff) return undefined;
    const marker = frame[at + 1]!;
    // Fill bytes before a marker (T.81 B.1.1.2).
    if (marker === 0xff) {
      at++;
      continue;
    }
    if (isFrameHeader(marker)) return [view.getUint16(at + 7), view.getUint16(at + 5)];
    at += 2 + view.getUint16(at + 2);
  }
  return undefined;
}

/** SOF0 to SOF15 without DHT, JPG and DAC, which lie among them; SOF55 of JPEG-LS. */
const isFrameHeader = (marker: number) =>
  marker === 0xf7 || (marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc);
