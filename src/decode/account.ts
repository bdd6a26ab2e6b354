/** What a survey has found so far; filled file by file. */
import { type PipelineError, PipelineFailure } from '../domain/errors';
import type { Scan } from '../domain/scan';

export interface Account {
  readonly scans: Scan[];
  readonly refused: { path: string; error: PipelineError }[];
  readonly ignored: string[];
}

/** @throws what is no failure of the file, such as 'cancelled' */
export function refuse(path: string, thrown: unknown, account: Account): undefined {
  if (!(thrown instanceof PipelineFailure) || thrown.error.code === 'cancelled') throw thrown;
  account.refused.push({ path, error: thrown.error });
}
