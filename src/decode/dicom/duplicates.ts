/** Instances that are there more than once. */
import type { FileBytes } from '../../domain/scan';
import type { Warning } from '../../domain/warnings';
import { bytesOf } from '../byteSource';
import { groupedBy } from '../groupedBy';
import type { Instance } from './instance';

export interface Distinct {
  readonly instances: readonly Instance[];
  readonly warnings: readonly Warning[];
}

/** Compared in steps of this size. */
const stepBytes = 2 ** 20;

/**
 * Of files with one SOP instance UID the first is kept: if they are the same to the last byte, with a warning; if not,
 * nothing says which of them is right, so that its place is kept and its pixels are not used.
 */
export async function distinctInstances(instances: readonly Instance[]): Promise<Distinct> {
  let duplicates = 0;
  const kept: Instance[] = [];
  for (const group of groupedBy(instances, ({ sopInstanceUid, file }) => sopInstanceUid || file)) {
    const [first, ...others] = group as [Instance, ...Instance[]];
    let isContradicted = false;
    for (const other of others) {
      if (await isSame(first.file.blob, other.file.blob)) duplicates++;
      else isContradicted = true;
    }
    kept.push(isContradicted ? { ...first, fault: 'contradicted' } : first);
  }
  return { instances: kept, warnings: duplicates > 0 ? [{ code: 'duplicates-ignored', fileCount: duplicates }] : [] };
}

async function isSame(a: FileBytes, b: FileBytes): Promise<boolean> {
  if (a.size !== b.size) return false;
  for (let at = 0; at < a.size; at += stepBytes) {
    const end = Math.min(at + stepBytes, a.size);
    const [left, right] = await Promise.all([bytesOf(a.slice(at, end)), bytesOf(b.slice(at, end))]);
    if (left.some((byte, n) => byte !== right[n])) return false;
  }
  return true;
}
