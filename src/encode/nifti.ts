/** NIfTI-1 files on the input's own grid. */
import { gzipSync } from 'fflate';
import type { Grid } from '../domain/grid';
import { madeText, type MaskProvenance, unreviewed } from '../domain/provenance';
import type { Origin } from '../domain/scan';
import type { Mask, ProbabilityMap } from '../domain/volume';
import { niftiPlace } from './niftiFields';

const headerBytes = 348;
/** The header, and four bytes that say whether an extension follows. */
const extensionOffset = 352;
/** Without the time of day: the same result is the same file. */
const compression = { level: 6, mtime: 0 } as const;
/** nifti1.h: plain text. */
const commentCode = 6;

/**
 * @returns gzipped NIfTI-1, uint8: 1 in lesions, 0 elsewhere; dims and order as the input's. Its place is the NIfTI
 *   input's own (pixdim, qform, sform, units as written), else both forms from the affine.
 */
export function encodeMaskNifti(mask: Mask, origin: Origin, about: MaskProvenance): Uint8Array {
  const { file, dataOffset } = nifti(mask.grid, origin, about, { code: 2, bytes: 1 });
  for (let n = 0; n < mask.labels.length; n++) file[dataOffset + n] = mask.labels[n]! > 0 ? 1 : 0;
  return gzipSync(file, compression);
}

/** @returns gzipped NIfTI-1, float32 probabilities, otherwise as the mask */
export function encodeProbabilityNifti(map: ProbabilityMap, origin: Origin, about: MaskProvenance): Uint8Array {
  const { file, dataOffset } = nifti(map.grid, origin, unreviewed(about), { code: 16, bytes: 4 });
  const view = new DataView(file.buffer);
  map.probabilities.forEach((probability, n) => view.setFloat32(dataOffset + 4 * n, probability, true));
  return gzipSync(file, compression);
}

/** Header, how it came about as an extension, and room for the voxels from `dataOffset` on; little-endian (nifti1.h). */
function nifti(
  grid: Grid,
  origin: Origin,
  about: MaskProvenance,
  type: { readonly code: number; readonly bytes: number },
): { readonly file: Uint8Array; readonly dataOffset: number } {
  const place = niftiPlace(grid, origin);
  const voxels = grid.dims.reduce((product, side) => product * side, 1);
  const comment = extension(commentCode, `metsight ${about.programVersion}: ${madeText(about)}. ${about.notice}`);
  const dataOffset = extensionOffset + comment.length;
  const file = new Uint8Array(dataOffset + voxels * type.bytes);
  const view = new DataView(file.buffer);
  const shorts = (offset: number, values: readonly number[]) =>
    values.forEach((value, n) => view.setInt16(offset + 2 * n, value, true));
  const floats = (offset: number, values: readonly number[]) =>
    values.forEach((value, n) => view.setFloat32(offset + 4 * n, value, true));
  const text = (offset: number, value: string, room: number) => {
    for (let n = 0; n < Math.min(value.length, room - 1); n++) file[offset + n] = value.charCodeAt(n) & 0x7f;
  };
  view.setInt32(0, headerBytes, true);
  shorts(40, [3, ...grid.dims, 1, 1, 1, 1]);
  shorts(70, [type.code, type.bytes * 8]);
  floats(76, [...place.pixdim, 1, 1, 1, 1]);
  floats(108, [dataOffset, 1, 0]);
  file[123] = place.xyztUnits;
  text(
    148,
    `metsight ${about.programVersion}, ${about.modelId} ${about.weightsSha256.slice(0, 12)}, p >= ${about.threshold}${about.isTriPlanar ? ', 3 planes' : ''}`,
    80,
  );
  text(228, `${about.backend}`, 24);
  shorts(252, [place.qformCode, place.sformCode]);
  floats(256, place.quatern);
  floats(280, place.srow);
  text(344, 'n+1', 4);
  file[headerBytes] = 1;
  file.set(comment, extensionOffset);
  return { file, dataOffset };
}

/** Its size, a multiple of 16, and its code, then text. */
function extension(code: number, text: string): Uint8Array {
  const content = new TextEncoder().encode(text);
  const bytes = new Uint8Array(Math.ceil((8 + content.length) / 16) * 16);
  const view = new DataView(bytes.buffer);
  view.setInt32(0, bytes.length, true);
  view.setInt32(4, code, true);
  bytes.set(content, 8);
  return bytes;
}
