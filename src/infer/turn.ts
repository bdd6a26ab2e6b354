/** TensorFlow.js has one current backend for the whole process, so whoever uses it takes turns. */

let last: Promise<unknown> = Promise.resolve();

/** Runs `work` after all work given before it, whether that succeeded or not. Not for use inside `work` itself. */
export function inTurn<T>(work: () => Promise<T>): Promise<T> {
  const turn = last.then(work);
  // Not its result: that would be kept until the next turn, however long that is away.
  const isOver = () => undefined;
  last = turn.then(isOver, isOver);
  return turn;
}
