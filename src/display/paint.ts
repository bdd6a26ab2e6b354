/** Slices of numbers → RGBA pixels, row by row from the top left, 4 bytes a pixel. */
import type { Grid } from '../domain/grid';
import type { Volume, WindowLevel } from '../domain/volume';
import { shade } from './windowLevel';

export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly rgba: Uint8ClampedArray<ArrayBuffer>;
}

/** The part of an array on `grid` that is its slice k: a view, not a copy. */
export function sliceOf<A extends Float32Array | Uint8Array | Uint16Array>(array: A, grid: Grid, k: number): A {
  const [ni, nj] = grid.dims;
  // `subarray` of a typed array is of the same kind; the union cannot say so.
  return array.subarray(k * ni * nj, (k + 1) * ni * nj) as A;
}

function paintGrey(grid: Grid, greyAt: (index: number) => number): Picture {
  const [width, height] = grid.dims;
  const rgba = new Uint8ClampedArray(width * height * 4);
  for (let index = 0; index < width * height; index++) {
    const grey = greyAt(index);
    rgba[4 * index] = grey;
    rgba[4 * index + 1] = grey;
    rgba[4 * index + 2] = grey;
    rgba[4 * index + 3] = 255;
  }
  return { width, height, rgba };
}

export function paintSlice({ grid, intensities }: Volume, k: number, window: WindowLevel): Picture {
  const slice = sliceOf(intensities, grid, k);
  return paintGrey(grid, (index) => 255 * shade(slice[index]!, window));
}

/** @param equalized  0..255 in the order of the grid: what the network sees */
export function paintEqualized(equalized: Uint8Array, grid: Grid, k: number): Picture {
  const slice = sliceOf(equalized, grid, k);
  return paintGrey(grid, (index) => slice[index]!);
}
