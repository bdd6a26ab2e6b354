import type { Raster } from './raster';

/** Channels that differ by more than this share of the full scale are seen as colour, not as the noise of a lossy format. */
const visibleSpread = 1 / 8;

export interface Grey {
  /** One value a pixel, row by row. */
  readonly values: Float32Array;
  /** Some pixel's channels differ by more than rounding: libwebp turns neutral YUV into channels that differ by 1. */
  readonly isColour: boolean;
  /** Some pixel is not opaque. */
  readonly isTransparent: boolean;
  /** Share of the pixels with visible colour, 0 to 1. */
  readonly colourShare: number;
}

/**
 * One value a pixel: the grey as it is stored, or the luminance of ITU-R BT.601, rounded to whole numbers where the
 * samples are whole numbers: floor((299 R + 587 G + 114 B + 500) / 1000). Alpha is looked at, never applied.
 */
export function toGrey({ width, height, channels, samples, fullScale }: Raster): Grey {
  const pixels = width * height;
  const values = new Float32Array(pixels);
  const hasAlpha = channels === 2 || channels === 4;
  const isWhole = !(samples instanceof Float32Array);
  let isColour = false;
  let isTransparent = false;
  let coloured = 0;
  for (let p = 0, s = 0; p < pixels; p++, s += channels) {
    const first = samples[s]!;
    if (hasAlpha && samples[s + channels - 1] !== fullScale) isTransparent = true;
    values[p] = first;
    if (channels < 3) continue;
    const green = samples[s + 1]!;
    const blue = samples[s + 2]!;
    if (first === green && green === blue) continue;
    const spread = Math.max(first, green, blue) - Math.min(first, green, blue);
    if (spread > (isWhole ? 1 : 0)) isColour = true;
    if (spread > visibleSpread * fullScale) coloured++;
    const weighted = 299 * first + 587 * green + 114 * blue;
    values[p] = isWhole ? Math.floor((weighted + 500) / 1000) : weighted / 1000;
  }
  return { values, isColour, isTransparent, colourShare: coloured / pixels };
}
