/** Pictures as PNG files, exactly the slice's width and height; their text says how they came about. */
import { encode } from 'fast-png';
import { voxelIndex, type Grid } from '../domain/grid';
import { madeText, type MaskProvenance, unreviewed } from '../domain/provenance';
import type { Mask, ProbabilityMap } from '../domain/volume';

/**
 * @param slice  k, from 0
 * @returns 8-bit grey PNG: 255 in lesions, 0 elsewhere
 * @throws RangeError if there is no such slice
 */
export function encodeMaskPng(mask: Mask, slice: number, about: MaskProvenance): Uint8Array {
  const { width, height, values } = sliceOf(mask.grid, mask.labels, slice);
  return encoded({
    width,
    height,
    channels: 1,
    depth: 8,
    data: Uint8Array.from(values, (label) => (label > 0 ? 255 : 0)),
    text: pngText([about]),
  });
}

/**
 * @param slice  k, from 0
 * @returns 16-bit grey PNG: floor(p × 65535 + 0.5)
 * @throws RangeError if there is no such slice
 */
export function encodeProbabilityPng(map: ProbabilityMap, slice: number, about: MaskProvenance): Uint8Array {
  const { width, height, values } = sliceOf(map.grid, map.probabilities, slice);
  const data = Uint16Array.from(values, (probability) => Math.floor(probability * 65535 + 0.5));
  return encoded({ width, height, channels: 1, depth: 16, data, text: pngText([unreviewed(about)]) });
}

export interface RgbaPicture {
  readonly width: number;
  readonly height: number;
  /** 4 bytes a pixel, row by row from the top, not premultiplied. */
  readonly rgba: Uint8ClampedArray;
}

/** @param abouts  of each mask that is drawn in it */
export function encodeRgbaPng({ rgba, width, height }: RgbaPicture, abouts: readonly MaskProvenance[]): Uint8Array {
  return encoded({ width, height, channels: 4, depth: 8, data: rgba, text: pngText(abouts) });
}

/** By keywords of ISO/IEC 15948 §11.3.4.2, in Latin-1 as a tEXt chunk has to be; nothing of the input. */
export function pngText(abouts: readonly MaskProvenance[]): Record<string, string> {
  const latin = (text: string) => text.replace(/[^\x20-\x7e\xa0-\xff]/g, '?');
  const versions = new Set(abouts.map(({ programVersion }) => `metsight ${programVersion}`));
  const notices = new Set(abouts.map(({ notice }) => notice));
  return {
    Software: latin([...versions].join(', ')),
    Description: latin(abouts.map(madeText).join('; ')),
    Disclaimer: latin([...notices].join(' ')),
  };
}

/** A copy of its own: fast-png returns a view into a larger buffer, which would be posted whole. */
const encoded = (picture: Parameters<typeof encode>[0]) => encode(picture).slice();

function sliceOf<Values extends Uint16Array | Float32Array>(grid: Grid, values: Values, slice: number) {
  const [width, height, slices] = grid.dims;
  if (!Number.isInteger(slice) || slice < 0 || slice >= slices) {
    throw new RangeError(`slice must be 0 to ${slices - 1}, received ${slice}`);
  }
  const start = voxelIndex(grid, 0, 0, slice);
  return { width, height, values: values.subarray(start, start + width * height) };
}
