/** Slices of numbers → RGBA pixels, row by row from the top left, 4 bytes a pixel. */
import type { Volume, WindowLevel } from '../domain/volume';
import { sliceOf, type Slicing } from './slicing';
import { shade } from './windowLevel';

export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly rgba: Uint8ClampedArray<ArrayBuffer>;
}

function paintGrey({ picture: [width, height] }: Slicing, greyAt: (index: number) => number): Picture {
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

export function paintSlice({ intensities }: Volume, slicing: Slicing, k: number, window: WindowLevel): Picture {
  const slice = sliceOf(intensities, slicing, k);
  return paintGrey(slicing, (index) => 255 * shade(slice[index]!, window));
}

/** @param equalized  0..255 in the order of the Grid: what the network sees */
export function paintEqualized(equalized: Uint8Array, slicing: Slicing, k: number): Picture {
  const slice = sliceOf(equalized, slicing, k);
  return paintGrey(slicing, (index) => slice[index]!);
}
