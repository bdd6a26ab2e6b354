import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Outline, pixelOutlines } from './pixelOutlines';

/** A region drawn in text: `#` is marked. */
function drawn(...rows: string[]): Outline[] {
  const box = { left: 0, top: 0, right: rows[0]!.length - 1, bottom: rows.length - 1 };
  return pixelOutlines((x, y) => rows[y]![x] === '#', box);
}

const corners = (outline: Outline) =>
  Array.from({ length: outline.length / 2 }, (_, n) => [outline[2 * n]!, outline[2 * n + 1]!] as const);

/** Rays to the left: how often a centre is crossed, and how often a line winds round it. */
function crossings(outline: Outline, x: number, y: number): { readonly count: number; readonly winding: number } {
  const points = corners(outline);
  return points.reduce(
    ({ count, winding }, [x0, y0], n) => {
      const [, y1] = points[(n + 1) % points.length]!;
      if (x0 > x || Math.min(y0, y1) > y || Math.max(y0, y1) < y) return { count, winding };
      return { count: count + 1, winding: winding + Math.sign(y1 - y0) };
    },
    { count: 0, winding: 0 },
  );
}

const sorted = (outlines: readonly Outline[]) => outlines.map((outline) => outline.length / 2).sort((a, b) => a - b);

test('one pixel is a square of its four corners', () => {
  expect(drawn('...', '.#.', '...').map(corners)).toEqual([[[1, 1], [2, 1], [2, 2], [1, 2]]]); // prettier-ignore
});

test('only the corners where a line turns are kept', () => {
  expect(sorted(drawn('####', '####'))).toEqual([4]);
  expect(sorted(drawn('####', '#...'))).toEqual([6]);
});

test('pixels that touch by a corner have an outline each', () => {
  expect(sorted(drawn('#..', '.#.', '..#'))).toEqual([4, 4, 4]);
});

test('a hole is joined to the outline by one channel, walked there and back', () => {
  // The square's 4 corners, the hole's 4, and the channel's ends once more.
  expect(sorted(drawn('####', '#..#', '####'))).toEqual([10]);
});

test('what lies in a hole has its own outline', () => {
  expect(sorted(drawn('#####', '#...#', '#.#.#', '#...#', '#####'))).toEqual([4, 10]);
});

const pictures = fc.tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 12 })).chain(([width, height]) =>
  fc.record({
    width: fc.constant(width),
    // Mostly marked, so that there are holes, holes above holes, and parts within them.
    marked: fc.array(fc.integer({ min: 0, max: 9 }), { minLength: width * height, maxLength: width * height }),
    share: fc.integer({ min: 3, max: 9 }),
  }),
);

test('the centres within the outlines are the marked pixels, by either rule of filling', () => {
  fc.assert(
    fc.property(pictures, ({ width, marked, share }) => {
      const height = marked.length / width;
      const isMarked = (x: number, y: number) => marked[x + width * y]! < share;
      const outlines = pixelOutlines(isMarked, { left: 0, top: 0, right: width - 1, bottom: height - 1 });
      for (let n = 0; n < marked.length; n++) {
        const [x, y] = [n % width, Math.floor(n / width)];
        const found = outlines.map((outline) => crossings(outline, x + 0.5, y + 0.5));
        const expected = isMarked(x, y) ? 1 : 0;
        expect(found.filter(({ count }) => count % 2 === 1)).toHaveLength(expected);
        expect(found.filter(({ winding }) => winding !== 0)).toHaveLength(expected);
      }
    }),
    { numRuns: 80 },
  );
});

test('lines run along the edges of pixels only, and never straight on at a corner', () => {
  fc.assert(
    fc.property(pictures, ({ width, marked, share }) => {
      const box = { left: 0, top: 0, right: width - 1, bottom: marked.length / width - 1 };
      for (const outline of pixelOutlines((x, y) => marked[x + width * y]! < share, box)) {
        const points = corners(outline);
        points.forEach(([x, y], n) => {
          const [before, after] = [points.at(n - 1)!, points[(n + 1) % points.length]!];
          expect((x === after[0]) !== (y === after[1])).toBe(true);
          const [onward, backward] = [[x - before[0], y - before[1]], [after[0] - x, after[1] - y]]; // prettier-ignore
          expect(Math.sign(onward[0]!) === Math.sign(backward[0]!) && Math.sign(onward[1]!) === Math.sign(backward[1]!)).toBe(false); // prettier-ignore
        });
      }
    }),
  );
});
