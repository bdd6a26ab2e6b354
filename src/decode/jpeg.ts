/** JPEG, baseline and progressive, 8 bit: jpeg-js decodes, behind our own walk over the segments. */
import { decode as decodeJpeg } from 'jpeg-js';
import { maximumPagePixels } from './bounds';
import { concatenate } from './concatenate';
import { corrupt, outOfMemory, truncated } from './failures';
import { readSegments, type JpegSegments } from './jpegSegments';
import type { Pages } from './raster';

const format = 'JPEG';

const startOfImage = Uint8Array.of(0xff, 0xd8);

/** jpeg-js keeps 4 bytes a coefficient beside its pixels: what `maximumPagePixels` need without subsampling. */
const maximumMemoryMiB = 1024;

/**
 * @throws PipelineFailure 'truncated-file', 'corrupt-file', 'unsupported-variant', 'image-too-small', 'image-too-large'
 */
export function readJpeg(bytes: Uint8Array): Pages {
  const segments = readSegments(bytes);
  const { frame, orientation } = segments;
  const { data: samples } = decodePixels(segments);
  const { width, height } = frame;
  return {
    count: 1,
    rasters: [{ width, height, channels: 3, samples, fullScale: 255, isEightBit: true, orientation }],
  };
}

function decodePixels(segments: JpegSegments): { readonly data: Uint8Array } {
  const stream = concatenate([startOfImage, adobeSegment(segments), ...segments.essential]);
  const colourTransform = segments.frame.componentIds.length === 3 ? { colorTransform: isYCbCr(segments) } : {};
  try {
    return decodeJpeg(stream, {
      useTArray: true,
      formatAsRGBA: false,
      // With false, jpeg-js 0.4.4 fails on good grey pictures whose last restart interval is not full: it walks on past the last block.
      tolerantDecoding: true,
      maxResolutionInMP: Math.ceil(maximumPagePixels / 1e6),
      maxMemoryUsageInMB: maximumMemoryMiB,
      ...colourTransform,
    });
  } catch (thrown) {
    const message = thrown instanceof Error ? thrown.message : '';
    // A marker where bits of a block should be: the scan was cut.
    if (message.startsWith('unexpected marker')) throw truncated(format);
    if (/allocat|maxMemoryUsage/i.test(message)) throw outOfMemory();
    throw corrupt(format, 'its pixels do not decode');
  }
}

/**
 * Three channels are YCbCr unless Adobe's APP14 says 0, or nobody says anything and they are named R, G, B; as libjpeg
 * decides (jdapimin.c, default_decompress_parms).
 */
function isYCbCr({ adobeTransform, hasJfif, frame }: JpegSegments): boolean {
  if (hasJfif) return true;
  if (adobeTransform !== undefined) return adobeTransform !== 0;
  return String.fromCharCode(...frame.componentIds) !== 'RGB';
}

/**
 * Four channels are CMYK or YCCK, and stored inverted, as Adobe does and as Pillow and browsers assume whether APP14 is
 * there or not. jpeg-js insists on it.
 */
function adobeSegment({ adobeTransform, frame }: JpegSegments): Uint8Array {
  if (frame.componentIds.length !== 4) return new Uint8Array();
  const transform = (adobeTransform ?? 0) === 0 ? 0 : 2;
  return Uint8Array.of(0xff, 0xee, 0, 14, 0x41, 0x64, 0x6f, 0x62, 0x65, 0, 100, 0, 0, 0, 0, transform);
}
