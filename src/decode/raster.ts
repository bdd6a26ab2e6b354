/** What every format's reader gives: one page as its file stores it, before colour, transparency and orientation are dealt with. */

/** EXIF tag 274: which way the stored picture must be turned to be upright; 1 is upright. */
export type Orientation = 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8;

/** Grey, grey + alpha, RGB, RGB + alpha. */
export type Channels = 1 | 2 | 3 | 4;

export interface Raster {
  readonly width: number;
  readonly height: number;
  readonly channels: Channels;
  /** Row by row from the top, channels interleaved. Depths below 8 bit are already stretched to 0..255. */
  readonly samples: Uint8Array | Uint16Array | Float32Array;
  /** The value of an opaque alpha, and the width of the scale on which colours differ. */
  readonly fullScale: number;
  /** The file's samples had at most 8 bits. */
  readonly isEightBit: boolean;
  readonly orientation: Orientation;
}

/** A file's pages, decoded one by one as they are asked for. */
export interface Pages {
  readonly count: number;
  readonly rasters: Iterable<Raster>;
}

/** EXIF knows only 1 to 8; anything else means nothing and is read as upright, as viewers do. */
export function toOrientation(value: number | undefined): Orientation {
  // The cast is proven by the comparison beside it.
  return value !== undefined && Number.isInteger(value) && value >= 1 && value <= 8 ? (value as Orientation) : 1;
}
