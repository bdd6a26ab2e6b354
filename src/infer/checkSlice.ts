/** A slice whose answer is known before the first patient's: drawn, always the same, unlike any patient's. */

/**
 * A bright disc in a dim one, with grain, so that every part of a network has something to do.
 *
 * @returns rows × cols values in [0, 1], row by row
 */
export function drawCheckSlice(rows: number, cols: number): Float32Array {
  let state = 1;
  // Numerical Recipes' 32-bit linear congruential generator (Press et al., 3rd edition, §7.1.1).
  const grain = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 32;
  return Float32Array.from({ length: rows * cols }, (_, at) => {
    const y = Math.floor(at / cols) / rows;
    const x = (at % cols) / cols;
    const level = Math.hypot(x - 0.6, y - 0.4) < 0.06 ? 0.8 : Math.hypot(x - 0.5, y - 0.5) < 0.4 ? 0.35 : 0;
    return level + 0.2 * grain();
  });
}
