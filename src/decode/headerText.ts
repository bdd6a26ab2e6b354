/** Text headers of NRRD and MetaImage: lines of keys and values, bounded. */
import type { FileBytes } from '../domain/scan';
import { bytesOf } from './byteSource';
import { corrupt } from './failures';
import type { Vector } from './patientSpace';

/** Key-value headers with gradient tables stay below it; without an end up to here it is no header. */
const maximumHeaderBytes = 2 ** 20;

export interface HeaderText {
  readonly text: string;
  /** Where the header ends in the file, and a file of one piece goes on with the voxels. */
  readonly bytes: number;
}

/**
 * @param end  matches the end of the header, as Latin-1
 * @returns up to and with the match; the whole file where `isEndOptional` and there is none
 * @throws PipelineFailure 'corrupt-file' if the header does not end within 1 MiB
 */
export async function headerText(
  blob: FileBytes,
  end: RegExp,
  isEndOptional: boolean,
  format: string,
): Promise<HeaderText> {
  const text = new TextDecoder('latin1').decode(await bytesOf(blob.slice(0, maximumHeaderBytes)));
  const match = end.exec(text);
  if (match) {
    const bytes = match.index + match[0].length;
    return { text: text.slice(0, bytes), bytes };
  }
  if (!isEndOptional || blob.size > maximumHeaderBytes) throw corrupt(format, 'its header does not end');
  return { text, bytes: blob.size };
}

/** "1 0.5 2" → [1, 0.5, 2]; anything that is no number becomes NaN. */
export const numbersOf = (text: string) => text.split(/[\s,]+/).filter(Boolean).map(Number); // prettier-ignore

/** The first three numbers, or undefined where there are fewer. */
export function vectorOf(numbers: readonly number[]): Vector | undefined {
  const [x, y, z] = numbers;
  return x === undefined || y === undefined || z === undefined ? undefined : [x, y, z];
}
