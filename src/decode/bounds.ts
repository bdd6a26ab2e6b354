/** What a file may claim. Checked against its header, before anything of that size is allocated. */
import { PipelineFailure } from '../domain/errors';

/** Below this no head can be seen, and CLAHE's 8×8 tiles would have under 4 pixels a side. */
export const minimumSidePx = 32;

/** 33.5 megapixels: a slice has 0.07 to 1, a scanned film up to 20; a page costs about 25 bytes a pixel while it is decoded. */
export const maximumPagePixels = 2 ** 25;

/** All pages together: 256 slices of 512². As float32 it is 256 MiB. */
export const maximumTotalPixels = 2 ** 26;

/** 256 MiB: `maximumTotalPixels` of 16 bit, uncompressed, fit twice. */
export const maximumFileBytes = 2 ** 28;

/**
 * @throws PipelineFailure 'empty-file' or 'file-too-large'
 */
export function checkFileBytes(bytes: number): void {
  if (bytes === 0) throw new PipelineFailure({ code: 'empty-file' });
  if (bytes > maximumFileBytes) {
    throw new PipelineFailure({ code: 'file-too-large', bytes, maximumBytes: maximumFileBytes });
  }
}

/**
 * @param width   of one page, as the header claims it
 * @param height  of one page
 * @param pages   pages of this size
 * @throws PipelineFailure 'corrupt-file' (a side of 0), 'image-too-small' or 'image-too-large'
 */
export function checkDims(format: string, width: number, height: number, pages = 1): void {
  if (width === 0 || height === 0) {
    throw new PipelineFailure({ code: 'corrupt-file', format, problem: 'one of its sides has 0 pixels' });
  }
  if (width * height > maximumPagePixels) {
    throw new PipelineFailure({
      code: 'image-too-large',
      width,
      height,
      pages: 1,
      maximumPixels: maximumPagePixels,
    });
  }
  if (width * height * pages > maximumTotalPixels) {
    throw new PipelineFailure({ code: 'image-too-large', width, height, pages, maximumPixels: maximumTotalPixels });
  }
  if (Math.min(width, height) < minimumSidePx) {
    throw new PipelineFailure({ code: 'image-too-small', width, height, minimum: minimumSidePx });
  }
}
