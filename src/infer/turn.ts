/** TensorFlow.js has one current backend for the whole process, so whoever uses it takes turns. */

let last: Promise<unknown> = Promise.resolve();

/** Runs `work` after all work given before it, whether that succeeded or not. Not for use inside `work` itself. */
export function inTurn<T>(work: () => Promise<T>): Promise<T> {
  const turn = last.then(work);
  last = turn.catch(() => undefined);
  return turn;
}
