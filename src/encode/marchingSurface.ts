/** The closed surface around a region of voxels. */

/** Triangles by the numbers of their corners, wound counter-clockwise seen from outside (where i, j, k are right-handed). */
export interface Surface {
  /** x, y, z of each corner, in voxels; voxel centres are at whole numbers. */
  readonly points: Float64Array;
  readonly triangles: Uint32Array;
}

/** Voxels, both ends included. */
export interface VoxelBox {
  readonly low: readonly [number, number, number];
  readonly high: readonly [number, number, number];
}

/** Corner n of a cube is at (n & 1, n >> 1 & 1, n >> 2): its six faces, counter-clockwise seen from outside the cube. */
const faces = [
  [0, 4, 6, 2],
  [1, 3, 7, 5],
  [0, 1, 5, 4],
  [2, 6, 7, 3],
  [0, 2, 3, 1],
  [4, 5, 7, 6],
] as const;

/** An edge of a cube by its two corners, whichever way it is walked. */
const edgeOf = (a: number, b: number) => 8 * Math.min(a, b) + Math.max(a, b);

/**
 * Marching cubes (Lorensen and Cline 1987) without their table. On each face of a cube a line runs from where a walk
 * round the face enters the region to the nearest edge behind, where it had left it; both cubes of a face so draw the
 * same line, and where two corners of a face lie across from each other the region is joined, as lesions are. The lines
 * of a cube close to loops. A loop of more than three corners is fanned from its middle, because a diagonal might run
 * along a face and there meet the neighbour's; the usual loop of four, whose diagonal runs inside, is split in two. So each edge has exactly two triangles, whatever the region.
 *
 * @param isInside  asked for voxels in the box only
 * @returns the surface half-way between voxel centres inside and outside
 */
export function marchingSurface(
  isInside: (i: number, j: number, k: number) => boolean,
  { low, high }: VoxelBox,
): Surface {
  const size = [0, 1, 2].map((axis) => high[axis]! - low[axis]! + 3) as [number, number, number];
  const stride = [1, size[0], size[0] * size[1]] as const;
  const inside = paddedRegion(isInside, { low, high }, size);
  const offsets = Array.from({ length: 8 }, (_, n) => (n & 1) + ((n >> 1) & 1) * stride[1] + (n >> 2) * stride[2]);
  const points: number[] = [];
  const triangles: number[] = [];
  /** By the lower voxel of a lattice edge, and its axis. */
  const crossings = new Map<number, number>();

  /** From a place in the padded region, in voxels. */
  const placeOf = (at: number) =>
    [at % size[0], Math.floor(at / stride[1]) % size[1], Math.floor(at / stride[2])].map(
      (index, axis) => index + low[axis]! - 1,
    );

  function crossing(cube: number, edge: number): number {
    const [from, to] = [edge >> 3, edge & 7];
    const axis = Math.log2(to - from);
    const key = 3 * (cube + offsets[from]!) + axis;
    const known = crossings.get(key);
    if (known !== undefined) return known;
    const place = placeOf(cube + offsets[from]!);
    place[axis]! += 0.5;
    crossings.set(key, points.length / 3);
    points.push(...place);
    return points.length / 3 - 1;
  }

  for (let k = 0; k < size[2] - 1; k++) {
    for (let j = 0; j < size[1] - 1; j++) {
      for (let i = 0; i < size[0] - 1; i++) {
        const cube = i + stride[1] * j + stride[2] * k;
        const corners = offsets.reduce((bits, offset, n) => bits | (inside[cube + offset]! << n), 0);
        if (corners === 0 || corners === 255) continue;
        for (const loop of cubeLoops(corners)) {
          const corners = loop.map((edge) => crossing(cube, edge));
          if (loop.length === 3) triangles.push(...corners);
          else if (isSplit(loop[0]!, loop[2]!, loop.length)) split(corners, triangles);
          else fan(corners, points, triangles);
        }
      }
    }
  }
  return { points: Float64Array.from(points), triangles: Uint32Array.from(triangles) };
}

/** 1 in the region; a voxel of air on every side. */
function paddedRegion(
  isInside: (i: number, j: number, k: number) => boolean,
  { low, high }: VoxelBox,
  size: readonly [number, number, number],
): Uint8Array {
  const inside = new Uint8Array(size[0] * size[1] * size[2]);
  for (let k = low[2]; k <= high[2]; k++) {
    for (let j = low[1]; j <= high[1]; j++) {
      for (let i = low[0]; i <= high[0]; i++) {
        if (isInside(i, j, k)) inside[i - low[0] + 1 + size[0] * (j - low[1] + 1 + size[1] * (k - low[2] + 1))] = 1;
      }
    }
  }
  return inside;
}

/** Loops of a cube's edges, by the bits of its corners; each pattern is worked out once. */
function cubeLoops(corners: number): readonly (readonly number[])[] {
  return (knownLoops[corners] ??= findLoops(corners));
}

const knownLoops: (readonly (readonly number[])[])[] = [];

function findLoops(corners: number): number[][] {
  const isIn = (corner: number) => ((corners >> corner) & 1) === 1;
  const next = new Map<number, number>();
  for (const face of faces) {
    const walk = face.map((corner, n) => ({ from: corner, to: face[(n + 1) % 4]! }));
    walk.forEach(({ from, to }, n) => {
      if (isIn(from) || !isIn(to)) return;
      const behind = [3, 2, 1].map((back) => walk[(n + back) % 4]!).find((edge) => isIn(edge.from) && !isIn(edge.to))!;
      next.set(edgeOf(from, to), edgeOf(behind.from, behind.to));
    });
  }
  const loops: number[][] = [];
  while (next.size > 0) {
    const loop: number[] = [];
    let edge = [...next.keys()][0]!;
    while (next.has(edge)) {
      loop.push(edge);
      const after = next.get(edge)!;
      next.delete(edge);
      edge = after;
    }
    loops.push(loop);
  }
  return loops;
}

/** Whether a loop has four corners, and no face of the cube holds both of these edges, which are across from each other. */
function isSplit(edge: number, across: number, length: number): boolean {
  const corners = [edge >> 3, edge & 7, across >> 3, across & 7];
  const [shared, all] = [corners.reduce((a, b) => a & b), corners.reduce((a, b) => a | b)];
  return length === 4 && shared === 0 && all === 7;
}

function split([a, b, c, d]: readonly number[], triangles: number[]): void {
  triangles.push(a!, b!, c!, a!, c!, d!);
}

/** Appends a loop's triangles and its middle. */
function fan(loop: readonly number[], points: number[], triangles: number[]): void {
  const middle = points.length / 3;
  const mean = (axis: number) => loop.reduce((sum, point) => sum + points[3 * point + axis]!, 0) / loop.length;
  points.push(mean(0), mean(1), mean(2));
  loop.forEach((point, n) => triangles.push(point, loop[(n + 1) % loop.length]!, middle));
}
