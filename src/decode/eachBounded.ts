/** Runs `act` on all elements, at most `width` at a time; the first failure ends it. */
export async function eachBounded<T>(
  elements: readonly T[],
  width: number,
  act: (element: T, index: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  let hasFailed = false;
  const runner = async () => {
    while (next < elements.length && !hasFailed) {
      const index = next++;
      try {
        await act(elements[index]!, index);
      } catch (thrown) {
        hasFailed = true;
        throw thrown;
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(width, elements.length) }, runner));
}
