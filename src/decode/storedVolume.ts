import type { Dims, Space } from '../domain/grid';
import type { Origin } from '../domain/scan';
import type { Warning } from '../domain/warnings';
import type { ByteSource } from './byteSource';
import type { VoxelCoding } from './voxels';

/** What every volume format's reader gives: everything its header says, and the bytes that follow. */
export interface StoredVolume {
  /** In words, for failures. */
  readonly format: string;
  /** i fastest, as stored; already within the limits. */
  readonly dims: Dims;
  readonly space: Space;
  readonly coding: VoxelCoding;
  /** Stands at the first voxel. */
  readonly data: ByteSource;
  readonly origin: Origin;
  readonly warnings: readonly Warning[];
}
