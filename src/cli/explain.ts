/** Any failure in one line, without its file's name. */
import type { Stage } from '../domain/errors';
import { errorLine } from '../domain/errorText';
import { pipelineErrorAt } from '../pipeline/pipelineErrorAt';
import { InputError } from './inputError';
import { ioReason } from './ioReason';

export function explain(thrown: unknown, stage: Stage): string {
  if (thrown instanceof InputError) return thrown.message;
  return ioReason(thrown) ?? errorLine(pipelineErrorAt(stage, thrown));
}
