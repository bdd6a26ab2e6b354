/** Voxels that are written as numbers in text, as NRRD and MetaImage allow. */
import type { FileBytes } from '../domain/scan';
import { bytesOf, storedBytes, type ByteSource } from './byteSource';
import { corrupt, truncated, unsupported } from './failures';
import type { VoxelCoding } from './voxels';

/** 2^25 voxels: 128³ sixteen times over. Text is for small examples; larger ones come as bytes. */
const mostVoxels = 2 ** 25;

/** Text read at a time. */
const chunkBytes = 2 ** 20;

/** No number is longer; what goes on without a blank is none. */
const longestNumber = 64;

/** What `textVoxels` gives. */
export const textCoding: VoxelCoding = {
  type: 'float32',
  isLittleEndian: new Uint8Array(Uint16Array.of(1).buffer)[0] === 1,
  slope: 1,
  intercept: 0,
};

/**
 * @param count  of the voxels that are wanted; what follows them is not read
 * @returns them as `textCoding` has it
 * @throws PipelineFailure 'unsupported-variant' (too many), 'truncated-file', 'corrupt-file' (a word is no number)
 */
export async function textVoxels(file: FileBytes, count: number, format: string): Promise<ByteSource> {
  if (count > mostVoxels) throw unsupported(`${format} file of more than ${mostVoxels} voxels in text`);
  // A digit and a blank each, the last without.
  if (file.size < 2 * count - 1) throw truncated(format);
  const values = new Float32Array(count);
  let found = 0;
  let rest = '';
  for (let at = 0; at < file.size && found < count; at += chunkBytes) {
    const end = Math.min(at + chunkBytes, file.size);
    const words = (rest + new TextDecoder('latin1').decode(await bytesOf(file.slice(at, end)))).split(/[\s,]+/);
    rest = end < file.size ? words.pop()! : '';
    if (rest.length > longestNumber) throw corrupt(format, notNumbers);
    for (const word of words) if (word !== '' && found < count) values[found++] = valueOf(word, format);
  }
  if (found < count) throw truncated(format);
  return storedBytes(new Blob([values]));
}

const notNumbers = 'its text holds words that are no numbers';

/** C's printf writes these three beside numbers. */
const named: Readonly<Record<string, number>> = { nan: NaN, inf: Infinity, infinity: Infinity };

function valueOf(word: string, format: string): number {
  if (/^[-+]?[\d.]+(e[-+]?\d+)?$/i.test(word)) {
    const value = Number(word);
    if (!Number.isNaN(value)) return value;
  }
  const [, sign, name = ''] = /^([-+]?)([a-z]+)$/i.exec(word) ?? [];
  const value = named[name.toLowerCase()];
  if (value === undefined) throw corrupt(format, notNumbers);
  return sign === '-' ? -value : value;
}
