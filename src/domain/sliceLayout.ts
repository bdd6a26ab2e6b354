/** Where the pixels of oriented slices lie in an array on the Grid. */
import type { Grid } from './grid';
import type { SliceFrame } from './sliceFrame';

export interface SliceLayout {
  /** Number of pixels along a slice's rows and columns, and of slices, as the frame looks at them. */
  readonly cols: number;
  readonly rows: number;
  readonly slices: number;
  /** Offset of the first pixel of the first slice. */
  readonly origin: number;
  /** From a pixel to the one in the next column, row and slice; negative where the frame runs against the Grid's axis. */
  readonly step: { readonly col: number; readonly row: number; readonly slice: number };
}

export function sliceLayoutOf({ dims }: Grid, { axes, isFlipped }: SliceFrame): SliceLayout {
  const stride = [1, dims[0], dims[0] * dims[1]] as const;
  const along = (n: 0 | 1 | 2) => {
    const axis = axes[n];
    const length = dims[axis];
    return isFlipped[n]
      ? { length, step: -stride[axis], start: (length - 1) * stride[axis] }
      : { length, step: stride[axis], start: 0 };
  };
  const [col, row, slice] = [along(0), along(1), along(2)];
  return {
    cols: col.length,
    rows: row.length,
    slices: slice.length,
    origin: col.start + row.start + slice.start,
    step: { col: col.step, row: row.step, slice: slice.step },
  };
}

/** One slice of an array on the Grid → a picture: rows × cols, row by row. */
export function readSliceInto(
  picture: Uint8Array | Uint16Array | Float32Array,
  values: Uint8Array | Uint16Array | Float32Array,
  { cols, rows, origin, step }: SliceLayout,
  slice: number,
): void {
  const start = origin + slice * step.slice;
  let to = 0;
  for (let row = 0; row < rows; row++) {
    let from = start + row * step.row;
    for (let col = 0; col < cols; col++, from += step.col) picture[to++] = values[from]!;
  }
}

/** A picture, rows × cols, row by row → one slice of an array on the Grid. */
export function writeSliceInto(
  values: Uint8Array | Float32Array,
  { cols, rows, origin, step }: SliceLayout,
  slice: number,
  picture: ArrayLike<number>,
): void {
  const start = origin + slice * step.slice;
  let from = 0;
  for (let row = 0; row < rows; row++) {
    let to = start + row * step.row;
    for (let col = 0; col < cols; col++, to += step.col) values[to] = picture[from++]!;
  }
}
