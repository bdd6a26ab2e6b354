/** From what was chosen to Volumes. */
import type { AssetSource } from '../domain/assets';
import type { Checkpoint } from '../domain/network';
import type { NamedFile } from '../domain/scan';
import type { Volume } from '../domain/volume';
import { decode } from '../decode/decode';

export { decode as openScan } from '../decode/decode';
export { dataFileOf } from '../decode/pairs';
export { survey } from '../decode/survey';

/** A single picture that needs no survey. @throws PipelineFailure what the file is, or what is wrong with it */
export function openPicture(file: NamedFile, assets: AssetSource, checkpoint: Checkpoint): Promise<Volume> {
  const scan = {
    id: file.path,
    kind: 'picture',
    name: file.path,
    stem: file.path,
    files: [file],
    warnings: [],
  } as const;
  return decode(scan, assets, checkpoint);
}
