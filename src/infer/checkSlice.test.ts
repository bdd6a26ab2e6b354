import { expect, test } from 'vitest';
import { drawCheckSlice } from './checkSlice';

test('the slice is the one that training draws', () => {
  // Values of `draw_check_slice(4, 6)` in training/metsight/check_slice.py, whose test holds them too.
  const drawn = drawCheckSlice(4, 6);
  expect(drawn).toHaveLength(24);
  for (const [at, value] of [
    [0, 0.04729],
    [9, 0.47785],
    [17, 0.41538],
  ] as const) {
    expect(drawn[at]).toBeCloseTo(value, 5);
  }
});
