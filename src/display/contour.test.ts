import { expect, test } from 'vitest';
import { contours } from './contour';

/** A mask drawn in text: `#` is lesion. */
function drawn(...rows: string[]) {
  const labels = Uint16Array.from(rows.join(''), (sign) => (sign === '#' ? 1 : 0));
  return contours(labels, rows[0]!.length, rows.length);
}

/** Shoelace formula; positive if the line runs clockwise on screen, the mask on its right. */
function area(line: Float32Array): number {
  let twice = 0;
  for (let index = 0; index < line.length; index += 2) {
    const after = (index + 2) % line.length;
    twice += line[index]! * line[after + 1]! - line[after]! * line[index + 1]!;
  }
  return twice / 2;
}

test('an empty mask has no outline', () => {
  expect(drawn('...', '...')).toEqual([]);
});

test('one pixel is surrounded by a diamond around its centre', () => {
  const [line, ...others] = drawn('...', '.#.', '...');
  expect(others).toEqual([]);
  expect(new Set(pairs(line!))).toEqual(new Set(['1.5,1', '2,1.5', '1.5,2', '1,1.5']));
});

test('a mask that fills the picture is outlined along its border', () => {
  const [line] = drawn('##', '##');
  expect(pairs(line!)).toContain('0,0.5');
  expect(pairs(line!)).toContain('1.5,2');
});

test('pixels that touch by a corner share one outline, because lesions are 8-connected', () => {
  expect(drawn('#..', '.#.', '..#')).toHaveLength(1);
  expect(drawn('..#', '.#.', '#..')).toHaveLength(1);
});

test('a hole has its own outline, running the other way', () => {
  const lines = drawn('###', '#.#', '###');
  expect(lines.map((line) => Math.sign(area(line))).sort()).toEqual([-1, 1]);
});

test('the outline encloses the pixels, less the cut corners', () => {
  // 4 × 2 pixels; each of the four corners loses 1/8 of a pixel.
  const [line] = drawn('......', '.####.', '.####.', '......');
  expect(Math.abs(area(line!))).toBeCloseTo(8 - 4 / 8, 6);
});

test('separate lesions have separate outlines', () => {
  expect(drawn('#..#', '....', '#..#')).toHaveLength(4);
});

const pairs = (line: Float32Array) =>
  Array.from({ length: line.length / 2 }, (_, index) => `${line[2 * index]},${line[2 * index + 1]}`);
