import type { Orientation } from './raster';

export interface UprightPage {
  readonly width: number;
  readonly height: number;
  readonly values: Float32Array;
}

/** Orientations 5 to 8 exchange width and height. */
export function uprightDims(
  width: number,
  height: number,
  orientation: Orientation,
): readonly [width: number, height: number] {
  return orientation >= 5 ? [height, width] : [width, height];
}

/**
 * Turns a stored page the way its EXIF orientation (TIFF 6.0, tag 274) says it is to be looked at.
 *
 * @param values  one value a pixel, row by row, `width` × `height` as stored
 */
export function upright(values: Float32Array, width: number, height: number, orientation: Orientation): UprightPage {
  if (orientation === 1) return { width, height, values };
  const [outWidth, outHeight] = uprightDims(width, height, orientation);
  const turned = new Float32Array(values.length);
  // A step right and a step down in the upright picture are these steps in the stored one.
  const [start, right, down] = steps(width, height, orientation);
  for (let y = 0, to = 0; y < outHeight; y++) {
    for (let x = 0, from = start + y * down; x < outWidth; x++, from += right) turned[to++] = values[from]!;
  }
  return { width: outWidth, height: outHeight, values: turned };
}

function steps(
  width: number,
  height: number,
  orientation: Orientation,
): readonly [start: number, right: number, down: number] {
  const topRight = width - 1;
  const bottomLeft = width * (height - 1);
  const bottomRight = width * height - 1;
  switch (orientation) {
    case 1:
      return [0, 1, width];
    case 2:
      return [topRight, -1, width];
    case 3:
      return [bottomRight, -1, -width];
    case 4:
      return [bottomLeft, 1, -width];
    case 5:
      return [0, width, 1];
    case 6:
      return [bottomLeft, -width, 1];
    case 7:
      return [bottomRight, -width, -1];
    case 8:
      return [topRight, width, -1];
  }
}
