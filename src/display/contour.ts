/** The outline of a mask as closed lines, for drawing at any zoom. */

/** x, y, x, y …, in pixels from the picture's top left corner (pixel [0, 0] covers 0..1); the end joins the start. */
export type Contour = Float32Array;

type Edge = 'top' | 'right' | 'bottom' | 'left';

/** Middle of each edge of the cell whose corners are four neighbouring pixel centres, from the upper left centre. */
const middle: Record<Edge, readonly [x: number, y: number]> = {
  top: [0.5, 0],
  right: [1, 0.5],
  bottom: [0.5, 1],
  left: [0, 0.5],
};

const next: Record<Edge, readonly [dx: number, dy: number, enters: Edge]> = {
  top: [0, -1, 'bottom'],
  right: [1, 0, 'left'],
  bottom: [0, 1, 'top'],
  left: [-1, 0, 'right'],
};

/**
 * Marching squares: for each pattern of mask corners (1 upper left, 2 upper right, 4 lower right, 8 lower left) the edge
 * where a line enters the cell and the one where it leaves, the mask on its right. Diagonal pairs (5, 10) are joined,
 * because lesions are 8-connected.
 */
const segments: readonly (readonly (readonly [from: Edge, to: Edge])[])[] = [
  [],
  [['top', 'left']],
  [['right', 'top']],
  [['right', 'left']],
  [['bottom', 'right']],
  [
    ['top', 'right'],
    ['bottom', 'left'],
  ],
  [['bottom', 'top']],
  [['bottom', 'left']],
  [['left', 'bottom']],
  [['top', 'bottom']],
  [
    ['right', 'bottom'],
    ['left', 'top'],
  ],
  [['right', 'bottom']],
  [['left', 'right']],
  [['top', 'right']],
  [['left', 'top']],
  [],
];

const edgeNumber: Record<Edge, number> = { top: 0, right: 1, bottom: 2, left: 3 };

interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** The smallest box of pixels that holds the mask, both ends included; undefined if there is none. */
function extent(labels: Uint16Array, width: number): Box | undefined {
  let [left, top, right, bottom] = [Infinity, Infinity, -1, -1];
  for (let index = 0; index < labels.length; index++) {
    if (labels[index]! === 0) continue;
    const x = index % width;
    const y = (index - x) / width;
    left = Math.min(left, x);
    right = Math.max(right, x);
    top = Math.min(top, y);
    bottom = y;
  }
  return right < 0 ? undefined : { left, top, right, bottom };
}

/**
 * Lines half-way between pixel centres inside and outside the mask.
 *
 * @param labels  0 background; `width × height`, row by row
 */
export function contours(labels: Uint16Array, width: number, height: number): readonly Contour[] {
  const box = extent(labels, width);
  if (!box) return [];
  const isMask = (x: number, y: number) => x >= 0 && y >= 0 && x < width && y < height && labels[y * width + x]! > 0;
  const pattern = (x: number, y: number) =>
    (isMask(x, y) ? 1 : 0) | (isMask(x + 1, y) ? 2 : 0) | (isMask(x + 1, y + 1) ? 4 : 0) | (isMask(x, y + 1) ? 8 : 0);
  const walked = new Set<number>();
  const found: Contour[] = [];

  // Cells lie between pixel centres: cell [x, y] has the pixels [x, y] and [x + 1, y + 1] as its first and last corner.
  for (let y = box.top - 1; y <= box.bottom; y++) {
    for (let x = box.left - 1; x <= box.right; x++) {
      for (const [from] of segments[pattern(x, y)]!) {
        const line = follow(x, y, from);
        if (line) found.push(line);
      }
    }
  }
  return found;

  /** Walks from cell to cell until the line meets its start; undefined if it was walked before. */
  function follow(startX: number, startY: number, startEdge: Edge): Contour | undefined {
    const points: number[] = [];
    let [x, y, edge] = [startX, startY, startEdge];
    for (;;) {
      const key = 4 * ((y + 1) * (width + 1) + x + 1) + edgeNumber[edge];
      if (walked.has(key)) return points.length > 0 ? Float32Array.from(points) : undefined;
      walked.add(key);
      // The centre of pixel [x, y] is at [x + 0.5, y + 0.5] of the picture.
      points.push(x + 0.5 + middle[edge][0], y + 0.5 + middle[edge][1]);
      const [, leaves] = segments[pattern(x, y)]!.find(([from]) => from === edge)!;
      const [dx, dy, enters] = next[leaves];
      [x, y, edge] = [x + dx, y + dy, enters];
    }
  }
}
