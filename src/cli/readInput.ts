/** A picture on the disk. */
import { readFile, stat } from 'node:fs/promises';
import type { FileBytes } from '../pipeline/open';
import { InputError } from './inputError';

/** @throws InputError for what is no file, or Node's own error */
export async function readInput(file: string): Promise<FileBytes> {
  const stats = await stat(file);
  if (stats.isDirectory()) throw new InputError('this is a folder; give the files in it');
  // A pipe or a device may never end.
  if (!stats.isFile()) throw new InputError('this is a pipe or a device, not a file');
  return { size: stats.size, read: () => readFile(file) };
}
