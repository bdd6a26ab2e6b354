/** The outlines of a region of pixels along the pixels' own edges: whatever lies inside them is exactly the region. */

/** Corners of pixels, x, y, x, y …; pixel [x, y] covers x to x + 1 and y to y + 1. The last corner joins the first. */
export type Outline = readonly number[];

/** Pixels, both ends included. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** Clockwise on screen (y points down), so that a right turn is one further. */
const steps = [
  [1, 0],
  [0, 1],
  [-1, 0],
  [0, -1],
] as const;

/** A closed walk over corners, each `x - left + stride * (y - top)`; the region lies on its right. */
type Walk = number[];

/**
 * One outline for each 4-connected part. Parts that touch by a corner have one each; a part with holes has one too: a
 * channel without width joins each hole to what is above it.
 *
 * Rasterised by either rule (even-odd, non-zero winding) at the centres of the pixels, which are all half a pixel or
 * more away from every line, it gives the same pixels again.
 *
 * @param isMarked  asked for pixels in the box only
 */
export function pixelOutlines(isMarked: (x: number, y: number) => boolean, box: Box): Outline[] {
  const stride = strideOf(box);
  return joinHoles(edgeWalks(isMarked, box, stride), stride).map((walk) => outlineOf(walk, box));
}

/** As `pixelOutlines`, each hole with an outline of its own: for drawing. */
export function pixelRims(isMarked: (x: number, y: number) => boolean, box: Box): Outline[] {
  return edgeWalks(isMarked, box, strideOf(box)).map((walk) => outlineOf(walk, box));
}

const strideOf = ({ left, right }: Box) => right - left + 2;

function outlineOf(walk: Walk, box: Box): Outline {
  const stride = strideOf(box);
  return withoutStraightCorners(walk, stride).flatMap((corner) => [
    (corner % stride) + box.left,
    Math.floor(corner / stride) + box.top,
  ]);
}

function edgeWalks(isMarked: (x: number, y: number) => boolean, box: Box, stride: number): Walk[] {
  const { left, top, right, bottom } = box;
  const isInside = (x: number, y: number) => x >= left && x <= right && y >= top && y <= bottom && isMarked(x, y);
  /** For each corner the directions in which an edge of the region leaves it, a bit each. */
  const leaving = new Uint8Array(stride * (bottom - top + 2));
  for (let y = top; y <= bottom; y++) {
    for (let x = left; x <= right; x++) {
      if (!isInside(x, y)) continue;
      const corner = x - left + stride * (y - top);
      if (!isInside(x, y - 1)) leaving[corner]! |= 1;
      if (!isInside(x + 1, y)) leaving[corner + 1]! |= 2;
      if (!isInside(x, y + 1)) leaving[corner + stride + 1]! |= 4;
      if (!isInside(x - 1, y)) leaving[corner + stride]! |= 8;
    }
  }
  const walked = new Uint8Array(leaving.length);
  const walks: Walk[] = [];
  for (let corner = 0; corner < leaving.length; corner++) {
    for (let direction = 0; direction < 4; direction++) {
      const edge = leaving[corner]! & ~walked[corner]! & (1 << direction);
      if (edge !== 0) walks.push(walkFrom(corner, direction, leaving, walked, stride));
    }
  }
  return walks;
}

/** At a corner where two pixels touch it stays with its own, by turning right. */
function walkFrom(start: number, first: number, leaving: Uint8Array, walked: Uint8Array, stride: number): Walk {
  const walk: Walk = [];
  let [corner, direction] = [start, first];
  do {
    walk.push(corner);
    walked[corner]! |= 1 << direction;
    const [dx, dy] = steps[direction]!;
    corner += dx + stride * dy;
    const turns = [direction + 1, direction, direction + 3].map((turn) => turn % 4);
    // As many edges leave a corner as arrive there, so there is one.
    direction = turns.find((turn) => (leaving[corner]! & (1 << turn)) !== 0)!;
  } while (corner !== start || direction !== first);
  return walk;
}

/**
 * Keyholes (PS3.3 C.8.8.6.3). From the first corner of a hole's highest edge the channel runs straight up, between two
 * columns of pixels, to the next corner of any outline: that one belongs to the outer one or to a hole that begins
 * higher, and so is joined already.
 *
 * @returns the outer walks, holes joined to them
 */
function joinHoles(walks: readonly Walk[], stride: number): Walk[] {
  const [outer, holes] = [
    walks.filter((walk) => turning(walk, stride) > 0),
    walks.filter((walk) => turning(walk, stride) < 0),
  ];
  const joined = new Map<number, Walk>();
  for (const walk of outer) for (const corner of walk) joined.set(corner, walk);
  // Corners count row by row: the lowest number is the highest corner, of these the leftmost.
  const lowest = (walk: Walk) => walk.reduce((least, corner) => Math.min(least, corner), Infinity);
  for (const hole of holes.toSorted((a, b) => lowest(a) - lowest(b))) {
    const begin = lowest(hole);
    let end = begin - stride;
    while (!joined.has(end)) end -= stride;
    const walk = joined.get(end)!;
    const turned = [...hole.slice(hole.indexOf(begin)), ...hole.slice(0, hole.indexOf(begin))];
    walk.splice(walk.indexOf(end) + 1, 0, ...turned, begin, end);
    for (const corner of hole) joined.set(corner, walk);
  }
  return outer;
}

/** Twice the area within; negative for a hole, which is walked the other way round. */
function turning(walk: Walk, stride: number): number {
  return walk.reduce((sum, corner, n) => {
    const after = walk[(n + 1) % walk.length]!;
    return sum + (corner % stride) * Math.floor(after / stride) - (after % stride) * Math.floor(corner / stride);
  }, 0);
}

/** Only where it turns; the ends of a channel, where it turns back, are kept. */
function withoutStraightCorners(walk: Walk, stride: number): Walk {
  const direction = (from: number, to: number) => {
    const [dx, dy] = [(to % stride) - (from % stride), Math.floor(to / stride) - Math.floor(from / stride)];
    return `${Math.sign(dx)} ${Math.sign(dy)}`;
  };
  return walk.filter((corner, n) => {
    const [before, after] = [walk.at(n - 1)!, walk[(n + 1) % walk.length]!];
    return direction(before, corner) !== direction(corner, after);
  });
}
