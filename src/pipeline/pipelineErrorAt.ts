/** What a job died of, as a host tells it. */
import { type PipelineError, type Stage, toPipelineError } from '../domain/errors';

/**
 * `toPipelineError`, which also knows an exhausted memory: a failed allocation is a RangeError in every engine, in
 * words that differ ("Array buffer allocation failed", "Invalid typed array length", "could not allocate memory").
 */
export function pipelineErrorAt(stage: Stage, thrown: unknown): PipelineError {
  const message = thrown instanceof Error ? thrown.message : '';
  const isMemory =
    /out of memory|could not allocate/i.test(message) ||
    (thrown instanceof RangeError && /alloc|memory|array (buffer )?length/i.test(message));
  return isMemory ? { code: 'out-of-memory', stage } : toPipelineError(thrown);
}
