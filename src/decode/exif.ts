import { PipelineFailure } from '../domain/errors';
import { firstDirectoryAt, readDirectory, tagValues, tiffBytes } from './ifd';
import { toOrientation, type Orientation } from './raster';

export const orientationTag = 274;

const prefix = 'Exif\0\0';

/**
 * The orientation that an EXIF block states (JPEG's APP1 after its marker, PNG's eXIf, WebP's EXIF chunk).
 * Metadata that cannot be read says nothing: upright, as in every viewer.
 *
 * @param block  with or without the prefix "Exif\0\0"
 */
export function exifOrientation(block: Uint8Array): Orientation {
  const hasPrefix = [...prefix].every((letter, i) => block[i] === letter.charCodeAt(0));
  const tiff = tiffBytes(hasPrefix ? block.subarray(prefix.length) : block);
  try {
    const directory = readDirectory(tiff, firstDirectoryAt(tiff));
    return toOrientation(tagValues(tiff, directory, orientationTag, 1)?.[0]);
  } catch (thrown) {
    if (thrown instanceof PipelineFailure) return 1;
    throw thrown;
  }
}
