/** Stored values → intensities. */
import type { DataSet } from 'dicom-parser';
import { functionalGroup, number } from './attributes';
import type { DecodedFrame } from './gdcm';
import type { PixelFormat } from './pixelFormat';
import { tag } from './tags';

export interface FrameScale {
  readonly slope: number;
  readonly intercept: number;
  /** Stored values that mean "no tissue was seen here"; undefined: none. */
  readonly padding: readonly [from: number, to: number] | undefined;
}

/** Rescale and padding of one frame, each in its own slice's words (PS3.3 C.11.1, C.7.5.1.1.2). */
export function frameScale(dataSet: DataSet, frame: number, { isSigned }: PixelFormat): FrameScale {
  const group = functionalGroup(dataSet, frame, tag.pixelValueTransformationSequence);
  const stored = (name: string) => {
    if ((dataSet.elements[name]?.length ?? 0) < 2) return undefined;
    return isSigned ? dataSet.int16(name) : dataSet.uint16(name);
  };
  const value = stored(tag.pixelPaddingValue);
  const limit = stored(tag.pixelPaddingRangeLimit) ?? value;
  const slope = number(group, tag.rescaleSlope) ?? 1;
  return {
    // A slope of 0 would wipe the slice out: it is no scale, but a field that was never filled in.
    slope: slope === 0 ? 1 : slope,
    intercept: number(group, tag.rescaleIntercept) ?? 0,
    padding: value === undefined ? undefined : [Math.min(value, limit!), Math.max(value, limit!)],
  };
}

/**
 * @param target  the slice, row by row; padding becomes NaN
 * @param frame   little endian; bits beside those that are stored may hold anything (overlays) and are cut away
 */
export function intensitiesInto(
  target: Float32Array,
  frame: DecodedFrame,
  pixels: PixelFormat,
  scale: FrameScale,
): void {
  const { bitsStored, isSigned } = pixels;
  const { slope, intercept, padding } = scale;
  const words = wordsOf(frame);
  // A codec may give its samples without the bits below them.
  const shift = frame.bitsAllocated === pixels.bitsAllocated ? pixels.highBit + 1 - bitsStored : 0;
  const range = 2 ** bitsStored;
  const half = range / 2;
  // Above 31 bits `&` would go negative; there all bits of the word are stored, or only its lowest are cut away.
  const mask = bitsStored >= 31 ? undefined : range - 1;
  for (let p = 0; p < target.length; p++) {
    let value = words[p]! >>> shift;
    if (mask !== undefined) value &= mask;
    else value %= range;
    if (isSigned && value >= half) value -= range;
    target[p] = padding && value >= padding[0] && value <= padding[1] ? NaN : value * slope + intercept;
  }
}

function wordsOf({ bytes, bitsAllocated }: DecodedFrame): Uint8Array | Uint16Array | Uint32Array {
  if (bitsAllocated === 8) return bytes;
  const aligned = bytes.byteOffset % 4 === 0 ? bytes : bytes.slice();
  const { buffer, byteOffset, length } = aligned;
  return bitsAllocated === 16
    ? new Uint16Array(buffer, byteOffset, length / 2)
    : new Uint32Array(buffer, byteOffset, length / 4);
}

/** MONOCHROME1 turned around, so that air, its highest value, is 0; done once the whole volume is known. */
export function invertInto(intensities: Float32Array): void {
  let highest = -Infinity;
  for (const value of intensities) if (value > highest) highest = value;
  for (let p = 0; p < intensities.length; p++) intensities[p] = highest - intensities[p]!;
}
