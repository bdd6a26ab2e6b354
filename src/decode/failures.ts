import { PipelineFailure } from '../domain/errors';

/**
 * Runs someone else's decoder: whatever it throws becomes a failure in our words, because its own may hold content of
 * the file.
 *
 * @throws PipelineFailure 'corrupt-file', or 'out-of-memory' where an array could not be allocated
 */
export function callDecoder<T>(format: string, problem: string, decoder: () => T): T {
  try {
    return decoder();
  } catch (thrown) {
    if (thrown instanceof PipelineFailure) throw thrown;
    if (isAllocationFailure(thrown)) throw outOfMemory();
    throw new PipelineFailure({ code: 'corrupt-file', format, problem });
  }
}

/** V8 and SpiderMonkey both speak of "allocation". */
export const isAllocationFailure = (thrown: unknown) =>
  thrown instanceof RangeError && /allocation/i.test(thrown.message);

export const outOfMemory = () => new PipelineFailure({ code: 'out-of-memory', stage: 'decode' });

export const truncated = (format: string) => new PipelineFailure({ code: 'truncated-file', format });

export const corrupt = (format: string, problem: string) =>
  new PipelineFailure({ code: 'corrupt-file', format, problem });

export const unsupported = (found: string) => new PipelineFailure({ code: 'unsupported-variant', found });
