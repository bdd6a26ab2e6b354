/** A place for outputs, made before the work that fills it. */
import { mkdir } from 'node:fs/promises';
import { InputError } from './inputError';
import { ioReason } from './ioReason';

/** Makes the folder and those above it. @throws InputError if it cannot be made */
export async function makeFolder(folder: string): Promise<void> {
  try {
    await mkdir(folder, { recursive: true });
  } catch (thrown) {
    throw new InputError(`${folder}: this folder cannot be made: ${ioReason(thrown) ?? String(thrown)}`);
  }
}
