/** Numbers as volume files store them → intensities. */
import type { Checkpoint } from '../domain/network';
import { volumeFloats } from '../domain/sharedArrays';
import type { ByteSource } from './byteSource';
import { truncated } from './failures';

export type VoxelType =
  'int8' | 'uint8' | 'int16' | 'uint16' | 'int32' | 'uint32' | 'int64' | 'uint64' | 'float32' | 'float64';

/** How one voxel is stored, and what makes an intensity of it: stored × slope + intercept. */
export interface VoxelCoding {
  readonly type: VoxelType;
  readonly isLittleEndian: boolean;
  readonly slope: number;
  readonly intercept: number;
}

const arrays = {
  int8: Int8Array,
  uint8: Uint8Array,
  int16: Int16Array,
  uint16: Uint16Array,
  int32: Int32Array,
  uint32: Uint32Array,
  int64: BigInt64Array,
  uint64: BigUint64Array,
  float32: Float32Array,
  float64: Float64Array,
} as const;

/** Of the machine: every one that runs a browser today is little-endian, but asking costs nothing. */
const isLittleEndianHere = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** 4 MiB at a time, so that what is read costs no second copy of a volume and a cancel waits for little. */
const chunkBytes = 2 ** 22;

/**
 * @param data   stands at the first voxel
 * @param count  voxels, already held against the limits
 * @returns as float32, computed in double precision; in the order stored
 * @throws PipelineFailure 'truncated-file', 'corrupt-file' (broken compression), or what `checkpoint` throws
 */
export async function readVoxels(
  data: ByteSource,
  coding: VoxelCoding,
  count: number,
  format: string,
  checkpoint: Checkpoint,
): Promise<Float32Array> {
  const { BYTES_PER_ELEMENT: bytesEach } = arrays[coding.type];
  if (data.atMost() < count * bytesEach) throw truncated(format);
  const intensities = volumeFloats(count);
  const chunkVoxels = chunkBytes / bytesEach;
  for (let at = 0; at < count; at += chunkVoxels) {
    await checkpoint('decode', at, count);
    const wanted = Math.min(chunkVoxels, count - at);
    const bytes = await data.read(wanted * bytesEach);
    if (bytes.length < wanted * bytesEach) throw truncated(format);
    intensitiesInto(intensities.subarray(at, at + wanted), bytes, coding);
  }
  await data.verify();
  await checkpoint('decode', count, count);
  return intensities;
}

/** @param bytes  in a buffer of their own; their order is changed in place */
function intensitiesInto(target: Float32Array, bytes: Uint8Array<ArrayBuffer>, coding: VoxelCoding): void {
  const { type, isLittleEndian, slope, intercept } = coding;
  const stored = new arrays[type](bytes.buffer);
  if (isLittleEndian !== isLittleEndianHere) reverseEach(bytes, stored.BYTES_PER_ELEMENT);
  const numbers =
    stored instanceof BigInt64Array || stored instanceof BigUint64Array ? Float64Array.from(stored, Number) : stored;
  if (slope === 1 && intercept === 0) target.set(numbers);
  else for (let n = 0; n < target.length; n++) target[n] = numbers[n]! * slope + intercept;
}

function reverseEach(bytes: Uint8Array, bytesEach: number): void {
  if (bytesEach === 1) return;
  for (let at = 0; at < bytes.length; at += bytesEach) bytes.subarray(at, at + bytesEach).reverse();
}
