/** From a file to a Volume. */
import type { AssetSource } from '../domain/assets';
import { PipelineFailure } from '../domain/errors';
import type { Checkpoint } from '../domain/network';
import type { Volume } from '../domain/volume';
import { checkFileBytes } from '../decode/bounds';
import { decode } from '../decode/decode';

/** A file as a host has it: its size is known before it is read. */
export interface FileBytes {
  readonly size: number;
  read(): Promise<Uint8Array>;
}

/** @throws PipelineFailure what the file is, or what is wrong with it */
export async function open(file: FileBytes, assets: AssetSource, checkpoint: Checkpoint): Promise<Volume> {
  await checkpoint('decode', 0, 1);
  checkFileBytes(file.size);
  const volume = await decode(await file.read(), assets);
  await checkpoint('decode', 1, 1);
  return volume;
}

/** A file of a page. It may have been moved, changed or removed since it was chosen. */
export function blobBytes(blob: Blob): FileBytes {
  const unreadable = () => {
    throw new PipelineFailure({ code: 'unreadable-file' });
  };
  return { size: blob.size, read: async () => new Uint8Array(await blob.arrayBuffer().catch(unreadable)) };
}
