/** Waiting that a person can end. */
import { PipelineFailure } from '../domain/errors';

/**
 * The promise's answer, or `cancelled` as soon as the signal says so; what was promised goes on by itself.
 *
 * @throws PipelineFailure `cancelled`
 */
export function abortable<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  if (signal.aborted) return Promise.reject(new PipelineFailure({ code: 'cancelled' }));
  return new Promise<T>((resolve, reject) => {
    const stop = () => reject(new PipelineFailure({ code: 'cancelled' }));
    signal.addEventListener('abort', stop, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
  });
}
