/** How long and how wide one lesion is in one slice. */

/**
 * The lesion in one slice, line by line of one axis of the pixel grid: for the n-th line the first and the last column
 * it touches. Columns outside its range mark a line it does not touch.
 */
export interface SliceSpans {
  readonly firstCols: Int32Array;
  readonly lastCols: Int32Array;
}

/** Millimetres in the plane: pixel corner (col, row) lies at `col · colStep + row · rowStep`. */
export interface PlaneSteps {
  readonly colStep: readonly [x: number, y: number];
  readonly rowStep: readonly [x: number, y: number];
}

export interface Diameters {
  readonly longestMm: number;
  readonly perpendicularMm: number;
}

type Point = readonly [x: number, y: number];

/** Lengths this close are equal: which of them the order of storage puts first must not matter. */
export const sameMm = 1e-6;

/** Corners of the convex outline of a lesion's pixels (their outer edges), around it, in millimetres. */
export function outlineOf({ firstCols, lastCols }: SliceSpans, { colStep, rowStep }: PlaneSteps): Point[] {
  const left: Point[] = [];
  const right: Point[] = [];
  // Corner row n lies between pixel rows n − 1 and n.
  for (let row = 0; row <= firstCols.length; row++) {
    const first = Math.min(firstCols[row - 1] ?? Infinity, firstCols[row] ?? Infinity);
    const last = Math.max(lastCols[row - 1] ?? -Infinity, lastCols[row] ?? -Infinity);
    if (first > last) continue;
    addConvex(left, [first, row], 1);
    addConvex(right, [last + 1, row], -1);
  }
  return [...left, ...right.reverse()].map(([col, row]) => [
    col * colStep[0] + row * rowStep[0],
    col * colStep[1] + row * rowStep[1],
  ]);
}

/** Andrew's monotone chain: the next corner of one side (1 left, −1 right), after those that it makes hollow are gone. */
function addConvex(chain: Point[], next: Point, side: 1 | -1): void {
  while (chain.length >= 2) {
    const [a, b] = [chain.at(-2)!, chain.at(-1)!];
    const turn = (next[0] - a[0]) * (b[1] - a[1]) - (next[1] - a[1]) * (b[0] - a[0]);
    if (turn * side > 0) break;
    chain.pop();
  }
  chain.push(next);
}

/** The longest distance between two corners of an outline. */
export function longestOf(outline: readonly Point[]): number {
  let longest = 0;
  for (let a = 0; a < outline.length; a++) {
    for (let b = a + 1; b < outline.length; b++) longest = Math.max(longest, distance(outline[a]!, outline[b]!));
  }
  return longest;
}

/** Of the chords at a right angle to the longest diameter the longest; where several diameters are longest, of any. */
export function perpendicularOf(outline: readonly Point[], longestMm: number): number {
  let perpendicular = 0;
  for (let a = 0; a < outline.length; a++) {
    for (let b = a + 1; b < outline.length; b++) {
      if (distance(outline[a]!, outline[b]!) < longestMm - sameMm) continue;
      perpendicular = Math.max(perpendicular, longestChordAcross(outline, outline[a]!, outline[b]!));
    }
  }
  return perpendicular;
}

const distance = (a: Point, b: Point) => Math.hypot(b[0] - a[0], b[1] - a[1]);

/** The width of a convex outline, as one goes along a → b, is concave and straight between corners: longest at a corner. */
function longestChordAcross(outline: readonly Point[], a: Point, b: Point): number {
  const length = distance(a, b);
  const along: Point = [(b[0] - a[0]) / length, (b[1] - a[1]) / length];
  const turned = outline.map(([x, y]): Point => [
    (x - a[0]) * along[0] + (y - a[1]) * along[1],
    (y - a[1]) * along[0] - (x - a[0]) * along[1],
  ]);
  return Math.max(...turned.map(([at]) => chordAt(turned, at)));
}

/** Length of the line x = `at` inside a convex outline. */
function chordAt(outline: readonly Point[], at: number): number {
  let low = Infinity;
  let high = -Infinity;
  outline.forEach((from, n) => {
    const to = outline[(n + 1) % outline.length]!;
    if (Math.min(from[0], to[0]) > at + sameMm || Math.max(from[0], to[0]) < at - sameMm) return;
    const isAlongLine = Math.abs(to[0] - from[0]) < sameMm;
    const share = isAlongLine ? 0 : Math.min(1, Math.max(0, (at - from[0]) / (to[0] - from[0])));
    const crossing = from[1] + share * (to[1] - from[1]);
    low = Math.min(low, crossing, isAlongLine ? to[1] : crossing);
    high = Math.max(high, crossing, isAlongLine ? to[1] : crossing);
  });
  return high - low;
}
