/** A picture → Volume. */
import type { AssetSource } from '../domain/assets';
import { PipelineFailure } from '../domain/errors';
import type { Grid } from '../domain/grid';
import type { Volume } from '../domain/volume';
import type { Warning } from '../domain/warnings';
import { checkFileBytes } from './bounds';
import { isAllocationFailure, outOfMemory } from './failures';
import { toGrey } from './grey';
import { readJpeg } from './jpeg';
import { readPng } from './png';
import type { Pages } from './raster';
import { unlikenessReasons } from './resemblance';
import { sniff, type ReadableFormat } from './sniff';
import { readTiff } from './tiff';
import { upright, uprightDims } from './upright';
import { valueWarnings } from './valueWarnings';
import { readWebp } from './webp';

/** The networks expect about 256; below this the picture is enlarged more than twice. */
const lowResolutionPx = 96;

/**
 * Reads a picture by its content, whatever its name; the pages of a TIFF become slices.
 *
 * @param bytes   the whole file; not changed, not kept
 * @param assets  asked for 'webp-decoder' when the first WebP comes
 * @returns dims [width, height, pages] as the picture is looked at (EXIF orientation applied), space 'pixels', intensities
 *   as stored: 0..255 (1, 2 and 4 bits stretched, palettes looked up), 0..65535, or whatever numbers a 32-bit or float
 *   TIFF holds; colour reduced to BT.601 luminance, alpha ignored
 * @throws PipelineFailure 'empty-file', 'file-too-large', 'unsupported-format', 'unsupported-variant', 'truncated-file',
 *   'corrupt-file', 'image-too-small', 'image-too-large', 'out-of-memory'
 */
export async function decodePicture(bytes: Uint8Array, assets: AssetSource): Promise<Volume> {
  checkFileBytes(bytes.length);
  const sniffed = sniff(bytes);
  if (sniffed.kind === 'unreadable') throw new PipelineFailure({ code: 'unsupported-format', found: sniffed.found });
  try {
    return toVolume(await readPages(sniffed.format, bytes, assets));
  } catch (thrown) {
    throw isAllocationFailure(thrown) ? outOfMemory() : thrown;
  }
}

/** A new format is one more case here, and one more signature in `sniff.ts`. */
async function readPages(format: ReadableFormat, bytes: Uint8Array, assets: AssetSource): Promise<Pages> {
  switch (format) {
    case 'PNG':
      return readPng(bytes);
    case 'JPEG':
      return readJpeg(bytes);
    case 'TIFF':
      return readTiff(bytes);
    case 'WebP':
      return readWebp(bytes, assets);
  }
}

function toVolume(pages: Pages): Volume {
  let grid: Grid = { dims: [0, 0, pages.count], space: { kind: 'pixels' } };
  let intensities: Float32Array = new Float32Array();
  let isEightBit = true;
  let isColour = false;
  let isTransparent = false;
  let reasons: readonly string[] = [];
  let k = 0;
  for (const raster of pages.rasters) {
    const { orientation } = raster;
    if (k === 0) {
      grid = { ...grid, dims: [...uprightDims(raster.width, raster.height, orientation), pages.count] };
      isEightBit = raster.isEightBit;
    }
    const grey = toGrey(raster);
    const page = upright(grey.values, raster.width, raster.height, orientation);
    isColour ||= grey.isColour;
    isTransparent ||= grey.isTransparent;
    // The middle slice: the first and last of a stack may be empty.
    if (k === Math.floor(pages.count / 2))
      reasons = unlikenessReasons({ ...page, isEightBit, colourShare: grey.colourShare });
    if (pages.count === 1) intensities = page.values;
    else {
      if (k === 0) intensities = new Float32Array(page.values.length * pages.count);
      intensities.set(page.values, k * page.values.length);
    }
    k++;
  }
  const warnings: Warning[] = [];
  if (pages.count > 1) warnings.push({ code: 'pages-as-slices', pageCount: pages.count });
  if (isColour) warnings.push({ code: 'colour-reduced' });
  if (isTransparent) warnings.push({ code: 'alpha-ignored' });
  warnings.push(...valueWarnings(intensities, reasons));
  const longerSidePx = Math.max(grid.dims[0], grid.dims[1]);
  if (longerSidePx < lowResolutionPx) warnings.push({ code: 'low-resolution', longerSidePx });
  return { grid, intensities, isEightBit, origin: { kind: 'picture' }, sequence: 'unknown', warnings };
}
