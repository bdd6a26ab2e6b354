/** A volume's slices as they are looked at, in grey. */
import { encode } from 'fast-png';
import { type SliceFrame, sliceFrameOf } from '../domain/sliceFrame';
import { readSliceInto, type SliceLayout, sliceLayoutOf } from '../domain/sliceLayout';
import { affineOf, spacingOf } from '../domain/spacing';
import type { Mask, Volume } from '../domain/volume';

/** Shares of a slice's finite voxels other than zero that are black and white. */
const [darkest, brightest] = [0.005, 0.995];

export interface Slicing {
  readonly frame: SliceFrame;
  readonly layout: SliceLayout;
  /** Width and height of a pixel: in millimetres, or 1 where nothing is known in them. */
  readonly pixel: readonly [width: number, height: number];
}

export function slicingOf({ grid }: Volume): Slicing {
  const frame = sliceFrameOf(grid);
  const affine = affineOf(grid);
  const spacing = affine ? spacingOf(affine) : [1, 1, 1];
  return { frame, layout: sliceLayoutOf(grid, frame), pixel: [spacing[frame.axes[0]]!, spacing[frame.axes[1]]!] };
}

/** A slice of the mask, row by row. @param slice  from 0, as the frame counts */
export function labelsOfSlice({ labels }: Mask, { layout }: Slicing, slice: number): Uint16Array {
  const picture = new Uint16Array(layout.cols * layout.rows);
  readSliceInto(picture, labels, layout, slice);
  return picture;
}

/** @returns an 8-bit grey PNG of a slice; a picture of 8-bit values as it is, all else windowed by its own percentiles */
export function encodeSlicePng(volume: Volume, { layout }: Slicing, slice: number): Uint8Array {
  const values = new Float32Array(layout.cols * layout.rows);
  readSliceInto(values, volume.intensities, layout, slice);
  const [low, high] = volume.isEightBit ? [0, 255] : windowOf(values);
  const data = Uint8Array.from(values, (value) => {
    const grey = ((value - low) / (high - low)) * 255;
    // What is no number is air.
    return Number.isNaN(grey) ? 0 : Math.round(Math.min(255, Math.max(0, grey)));
  });
  return encode(
    { width: layout.cols, height: layout.rows, channels: 1, depth: 8, data },
    { zlib: { level: 6 } },
  ).slice();
}

function windowOf(values: Float32Array): readonly [low: number, high: number] {
  const known = values.filter((value) => Number.isFinite(value) && value !== 0).sort();
  const at = (share: number) => known[Math.min(known.length - 1, Math.floor(share * known.length))] ?? 0;
  const [low, high] = [at(darkest), at(brightest)];
  return high > low ? [Math.min(0, low), high] : [0, high > 0 ? high : 1];
}
