import type { Warning } from '../domain/warnings';
import type { ByteSource } from './byteSource';
import { skip } from './byteSource';
import { concatenate } from './concatenate';
import { corrupt, truncated } from './failures';
import { nifti1Bytes, nifti2Bytes, parseNiftiHeader, type NiftiHeader, type NiftiVersion } from './niftiHeader';
import { niftiAffine } from './niftiSpace';
import { patientSpace, unplaced } from './patientSpace';
import type { StoredVolume } from './storedVolume';
import { checkVolumeDims } from './volumeBounds';

/** Extensions up to here are kept with the header; beyond it they are passed over. */
const keptHeaderBytes = 2 ** 24;

/**
 * NIfTI-1 and -2, single files and pairs, and ANALYZE 7.5 (as nibabel reads it: voxel sizes alone, i to the left).
 *
 * @param file     stands at the header's first byte
 * @param voxels   the second file of a pair; a pair without it is refused
 * @throws PipelineFailure 'truncated-file', 'corrupt-file', 'unsupported-variant', 'missing-data', 'volume-too-large',
 *   'image-too-small'
 */
export async function readNifti(
  file: ByteSource,
  version: NiftiVersion,
  voxels: () => Promise<ByteSource>,
): Promise<StoredVolume> {
  const fixedBytes = version === 'NIfTI-2' ? nifti2Bytes : nifti1Bytes;
  const fixed = await file.read(fixedBytes);
  if (fixed.length < fixedBytes) throw truncated(version);
  const header = parseNiftiHeader(fixed, version);
  checkVolumeDims(version, header.dims);

  // A pair's header file ends with the extensions; a single file goes on with the voxels.
  const restBytes = header.isPair ? Math.min(file.atMost(), keptHeaderBytes) : header.dataOffset - fixedBytes;
  const keptBytes = Math.min(restBytes, keptHeaderBytes);
  const rest = await file.read(keptBytes);
  if (!header.isPair) {
    if (rest.length < keptBytes) throw truncated(version);
    await skip(file, restBytes - keptBytes, version);
  }
  const data = header.isPair ? await voxels() : file;
  if (header.isPair) await skip(data, header.dataOffset, version);

  const { space, warnings } = placed(header);
  return {
    format: version,
    dims: header.dims,
    space,
    coding: header.coding,
    data,
    origin:
      version === 'ANALYZE'
        ? { kind: 'volume', format: 'ANALYZE' }
        : { kind: 'nifti', header: concatenate([fixed, rest]) },
    warnings:
      header.volumeCount > 1 ? [{ code: 'first-of-volumes', volumeCount: header.volumeCount }, ...warnings] : warnings,
  };
}

function placed(header: NiftiHeader) {
  if (!header.sform && !header.voxelSize.every(Number.isFinite)) {
    throw corrupt(header.version, 'its voxel size is not a number');
  }
  const affine = niftiAffine(header);
  if (!affine) return unplaced;
  const { space, warnings } = patientSpace(affine, header.dims, header.version);
  const isPlaceKnown = header.sform !== undefined || header.qform !== undefined || space.kind === 'pixels';
  const unknown: readonly Warning[] = isPlaceKnown ? [] : [{ code: 'place-unknown' }];
  return { space, warnings: [...warnings, ...unknown] };
}
