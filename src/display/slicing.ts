/** Slices of a Grid as pictures: which voxel is which pixel, and how large a pixel is. */
import type { Grid } from '../domain/grid';
import { sliceFrameOf, type SliceFrame } from '../domain/sliceFrame';
import { sliceLayoutOf, type SliceLayout } from '../domain/sliceLayout';
import { affineOf, spacingOf } from '../domain/spacing';
import type { Size } from './viewport';

/** A place in a picture: column, row and slice, as the SliceFrame turns them. Centres are at whole numbers. */
export type PicturePlace = readonly [col: number, row: number, slice: number];

/** The same place in voxels of the Grid. */
export type GridPlace = readonly [i: number, j: number, k: number];

export interface Slicing {
  readonly grid: Grid;
  readonly frame: SliceFrame;
  readonly layout: SliceLayout;
  /** In pixels. */
  readonly picture: Size;
  readonly sliceCount: number;
  /** Millimetres of a pixel and between slices; undefined where nothing is known in millimetres. */
  readonly spacingMm: readonly [col: number, row: number, slice: number] | undefined;
  /** Width and height of a pixel, the smaller one 1: pixels of a picture are square, millimetres of a volume are. */
  readonly pixel: Size;
}

export function slicingOf(grid: Grid, frame: SliceFrame = sliceFrameOf(grid)): Slicing {
  const layout = sliceLayoutOf(grid, frame);
  const affine = affineOf(grid);
  const spacing = affine && spacingOf(affine);
  const spacingMm = spacing && (frame.axes.map((axis) => spacing[axis]) as [number, number, number]);
  const finer = spacingMm ? Math.min(spacingMm[0], spacingMm[1]) : 1;
  return {
    grid,
    frame,
    layout,
    picture: [layout.cols, layout.rows],
    sliceCount: layout.slices,
    spacingMm,
    pixel: spacingMm ? [spacingMm[0] / finer, spacingMm[1] / finer] : [1, 1],
  };
}

/** The picture's size where its finer pixels are 1 wide: what a Viewport is in. */
export function extentOf({ picture, pixel }: Slicing): Size {
  return [picture[0] * pixel[0], picture[1] * pixel[1]];
}

export function toPicturePlace({ grid, frame }: Slicing, place: GridPlace): PicturePlace {
  const along = (n: 0 | 1 | 2) => {
    const axis = frame.axes[n];
    return frame.isFlipped[n] ? grid.dims[axis] - 1 - place[axis] : place[axis];
  };
  return [along(0), along(1), along(2)];
}

export function toGridPlace({ grid, frame }: Slicing, place: PicturePlace): GridPlace {
  const ijk: [number, number, number] = [0, 0, 0];
  frame.axes.forEach((axis, n) => (ijk[axis] = frame.isFlipped[n] ? grid.dims[axis] - 1 - place[n]! : place[n]!));
  return ijk;
}

/** First and last slice on screen of a range along the Grid's slice axis. */
export function slicesOf(slicing: Slicing, [first, last]: readonly [number, number]): readonly [number, number] {
  const axis = slicing.frame.axes[2];
  const end = (index: number) => (slicing.frame.isFlipped[2] ? slicing.grid.dims[axis] - 1 - index : index);
  return [Math.min(end(first), end(last)), Math.max(end(first), end(last))];
}

/**
 * One slice of an array on the Grid, row by row: a view where the slices are stored as they are looked at, else a copy.
 *
 * @param slice  from 0, as the frame counts
 */
export function sliceOf<A extends Float32Array | Uint8Array | Uint16Array>(
  array: A,
  { layout: { cols, rows, origin, step } }: Slicing,
  slice: number,
): A {
  const first = origin + slice * step.slice;
  // `subarray` and `slice` of a typed array are of the same kind; the union cannot say so.
  if (step.col === 1 && step.row === cols) return array.subarray(first, first + cols * rows) as A;
  const picked = array.slice(0, cols * rows) as A;
  for (let row = 0, to = 0; row < rows; row++) {
    for (let col = 0, from = first + row * step.row; col < cols; col++, to++, from += step.col) {
      picked[to] = array[from]!;
    }
  }
  return picked;
}
