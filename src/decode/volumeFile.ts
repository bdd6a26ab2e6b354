/** One volume file (or the header and the data of a pair) → Volume. */
import type { AssetSource } from '../domain/assets';
import { PipelineFailure } from '../domain/errors';
import type { Checkpoint } from '../domain/network';
import type { FileBytes, NamedFile } from '../domain/scan';
import type { Volume } from '../domain/volume';
import { gunzippedBytes, storedBytes, type ByteSource } from './byteSource';
import { isAllocationFailure, outOfMemory, unsupported } from './failures';
import { isMetaImage, readMetaImage } from './metaImage';
import { isMgh, readMgh } from './mgh';
import { readNifti } from './nifti';
import { niftiVersionOf } from './niftiHeader';
import { isNrrd, readNrrd } from './nrrd';
import { sequenceOfName } from './sequenceOfName';
import { unsaidWarnings } from './sequenceWords';
import type { StoredVolume } from './storedVolume';
import { valueWarnings } from './valueWarnings';
import { volumeWarnings } from './volumeCheck';
import { readVoxels } from './voxels';

export type VolumeFormat = 'NIfTI-1' | 'NIfTI-2' | 'ANALYZE' | 'NRRD' | 'MetaImage' | 'MGH';

/** Enough of a file's front, inflated, to tell its format. */
const headBytes = 4096;

/**
 * The volume format that a file begins, by its content (looked at through gzip), or undefined. 'ANALYZE' has no
 * signature: it means a plausible header of 348 bytes.
 */
export async function volumeFormatOf(blob: FileBytes): Promise<VolumeFormat | undefined> {
  const { source } = await opened(blob, 'gzip');
  let head: Uint8Array;
  try {
    head = await source.read(headBytes);
  } catch {
    // Not gzip after all, or broken from the start.
    return undefined;
  }
  if (isNrrd(head)) return 'NRRD';
  if (isMetaImage(head)) return 'MetaImage';
  return niftiVersionOf(head) ?? (isMgh(head) ? 'MGH' : undefined);
}

/**
 * Reads by content, whatever the names: NIfTI-1/2, ANALYZE, NRRD, MetaImage, MGH; gzip where the format allows it.
 *
 * @param files   one file, or a header and the file of its voxels in either order
 * @param _assets  no volume format needs a program today
 * @returns dims and intensities as stored (i fastest, scaling applied), the affine to RAS mm, never 8-bit
 * @throws PipelineFailure 'unsupported-format', 'unsupported-variant', 'truncated-file', 'corrupt-file', 'missing-data',
 *   'volume-too-large', 'image-too-small', 'empty-file', 'out-of-memory', or what `checkpoint` throws
 */
export async function readVolumeFile(
  files: readonly NamedFile[],
  _assets: AssetSource,
  checkpoint: Checkpoint,
): Promise<Volume> {
  const formats = await Promise.all(files.map(({ blob }) => volumeFormatOf(blob)));
  const index = formats.findIndex((format) => format !== undefined);
  const header = files[index];
  const format = formats[index];
  if (header === undefined || format === undefined) {
    if (files.some(({ blob }) => blob.size === 0)) throw new PipelineFailure({ code: 'empty-file' });
    throw new PipelineFailure({ code: 'unsupported-format', found: 'unknown bytes' });
  }
  try {
    const stored = await readHeader(
      header,
      format,
      files.find((file) => file !== header),
    );
    return await toVolume(stored, header.path, checkpoint);
  } catch (thrown) {
    throw isAllocationFailure(thrown) ? outOfMemory() : thrown;
  }
}

/** A new format is one more case here, and one more line in `volumeFormatOf`. */
async function readHeader(
  { blob }: NamedFile,
  format: VolumeFormat,
  second: NamedFile | undefined,
): Promise<StoredVolume> {
  const { source, isGzip } = await opened(blob, format);
  const secondFile = () => {
    if (!second) throw new PipelineFailure({ code: 'missing-data', format });
    return second.blob;
  };
  switch (format) {
    case 'NIfTI-1':
    case 'NIfTI-2':
    case 'ANALYZE':
      return readNifti(source, format, async () => pairData(secondFile(), second!.path, format));
    case 'MGH':
      return readMgh(source);
    case 'NRRD':
    case 'MetaImage':
      if (isGzip) throw unsupported(`${format} file within gzip`);
      return format === 'NRRD' ? readNrrd(blob, secondFile) : readMetaImage(blob, secondFile);
  }
}

/** Voxels may begin with any bytes, so that here the name has a say in whether it is gzip. */
async function pairData(blob: FileBytes, path: string, format: string): Promise<ByteSource> {
  return /\.gz$/i.test(path) ? (await opened(blob, format)).source : storedBytes(blob);
}

async function opened(
  blob: FileBytes,
  format: string,
): Promise<{ readonly source: ByteSource; readonly isGzip: boolean }> {
  const [first, second] = await storedBytes(blob).read(2);
  const isGzip = first === 0x1f && second === 0x8b;
  return { source: isGzip ? gunzippedBytes(blob, format) : storedBytes(blob), isGzip };
}

async function toVolume(stored: StoredVolume, path: string, checkpoint: Checkpoint): Promise<Volume> {
  const { dims, space, coding, data, format } = stored;
  const intensities = await readVoxels(data, coding, dims[0] * dims[1] * dims[2], format, checkpoint);
  const sequence = sequenceOfName(path);
  return {
    grid: { dims, space },
    intensities,
    isEightBit: false,
    origin: stored.origin,
    sequence,
    warnings: [
      ...stored.warnings,
      ...valueWarnings(intensities),
      ...volumeWarnings(intensities, { dims, space }),
      ...unsaidWarnings(sequence),
    ],
  };
}
