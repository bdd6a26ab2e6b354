/** What was chosen → Volume: the room's one way in, after `survey` has sorted the files into scans. */
import type { AssetSource } from '../domain/assets';
import type { Checkpoint } from '../domain/network';
import type { Scan } from '../domain/scan';
import type { Volume } from '../domain/volume';
import { checkFileBytes } from './bounds';
import { bytesOf } from './byteSource';
import { decodeDicom } from './dicom/decodeDicom';
import { decodePicture } from './picture';
import { readVolumeFile } from './volumeFile';

/**
 * @param assets  asked for a decoder's program when the first file comes that needs it
 * @returns see `decodePicture`, `readVolumeFile`, `decodeDicom`; the scan's own warnings are not repeated in the Volume's
 * @throws PipelineFailure what the files are, or what is wrong with them; what `checkpoint` throws
 */
export async function decode(scan: Scan, assets: AssetSource, checkpoint: Checkpoint): Promise<Volume> {
  switch (scan.kind) {
    case 'picture':
      return onePicture(scan, assets, checkpoint);
    case 'volume':
      return readVolumeFile(scan.files, assets, checkpoint);
    case 'dicom':
      return decodeDicom(scan, assets, checkpoint);
  }
}

async function onePicture({ files }: Scan, assets: AssetSource, checkpoint: Checkpoint): Promise<Volume> {
  await checkpoint('decode', 0, 1);
  const { blob } = files[0]!;
  checkFileBytes(blob.size);
  const volume = await decodePicture(await bytesOf(blob), assets);
  await checkpoint('decode', 1, 1);
  return volume;
}
