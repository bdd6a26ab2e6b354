/** A surface of steps made smooth, around a volume that is known. */
import type { Surface } from './marchingSurface';

/** Taubin 1995, "A signal processing approach to fair surface design": shrink, then swell; 1/λ + 1/μ = 0.1 is let through. */
const lambda = 0.5;
const mu = 1 / (0.1 - 1 / lambda);
/** Enough for steps to disappear at arm's length, few enough for a lesion of 10 voxels to keep its shape. */
const rounds = 10;

/**
 * Each corner moves along the mean of its neighbours, which looks the same in every affine frame, so that thick slices
 * need no weights; then all corners move outwards until the volume is as it was.
 *
 * @param volume  what the surface is to enclose, in the units of its points
 */
export function smoothSurface({ points, triangles }: Surface, volume: number): Surface {
  const neighbours = neighboursOf(points.length / 3, triangles);
  let moved = points;
  for (let round = 0; round < rounds; round++) moved = step(step(moved, neighbours, lambda), neighbours, mu);
  return grownTo({ points: moved, triangles }, volume);
}

function neighboursOf(count: number, triangles: Uint32Array): readonly (readonly number[])[] {
  const neighbours = Array.from({ length: count }, () => new Set<number>());
  for (let n = 0; n < triangles.length; n += 3) {
    const [a, b, c] = [triangles[n]!, triangles[n + 1]!, triangles[n + 2]!];
    neighbours[a]!.add(b).add(c);
    neighbours[b]!.add(a).add(c);
    neighbours[c]!.add(a).add(b);
  }
  return neighbours.map((set) => [...set]);
}

function step(points: Float64Array, neighbours: readonly (readonly number[])[], share: number): Float64Array {
  const moved = points.slice();
  neighbours.forEach((around, n) => {
    for (let axis = 0; axis < 3; axis++) {
      const own = points[3 * n + axis]!;
      const mean = around.reduce((sum, one) => sum + points[3 * one + axis]!, 0) / around.length;
      moved[3 * n + axis] = own + share * (mean - own);
    }
  });
  return moved;
}

/** Of the volume; of a tangle that is no lesion less may be reached. */
const volumeTolerance = 1e-6;
const mostSteps = 24;
/** In voxels. */
const longestStep = 0.25;

/** Moves every corner outwards alike: a thin lesion grows thicker, not longer, as it would by scaling. */
function grownTo({ points, triangles }: Surface, volume: number): Surface {
  let grown = points;
  for (let step = 0; step < mostSteps; step++) {
    const missing = volume - volumeOf({ points: grown, triangles });
    if (Math.abs(missing) <= volumeTolerance * volume) break;
    const { normals, area } = outwardOf({ points: grown, triangles });
    const distance = Math.max(-longestStep, Math.min(longestStep, missing / area));
    grown = grown.map((place, n) => place + distance * normals[n]!);
  }
  return { points: grown, triangles };
}

/** Normals of length 1 at the corners, each the mean of its triangles' by their area; and the area of all triangles. */
function outwardOf({ points, triangles }: Surface): { readonly normals: Float64Array; readonly area: number } {
  const normals = new Float64Array(points.length);
  let area = 0;
  for (let n = 0; n < triangles.length; n += 3) {
    const [a, b, c] = [3 * triangles[n]!, 3 * triangles[n + 1]!, 3 * triangles[n + 2]!];
    const along = (to: number, axis: number) => points[to + axis]! - points[a + axis]!;
    const across = [0, 1, 2].map((axis) => {
      const [next, last] = [(axis + 1) % 3, (axis + 2) % 3];
      return along(b, next) * along(c, last) - along(b, last) * along(c, next);
    });
    area += Math.hypot(...across) / 2;
    for (const corner of [a, b, c]) for (let axis = 0; axis < 3; axis++) normals[corner + axis]! += across[axis]!;
  }
  for (let n = 0; n < normals.length; n += 3) {
    const length = Math.hypot(normals[n]!, normals[n + 1]!, normals[n + 2]!) || 1;
    for (let axis = 0; axis < 3; axis++) normals[n + axis]! /= length;
  }
  return { normals, area };
}

/** By the tetrahedra between the triangles and the first point; cavities count against it. */
export function volumeOf({ points, triangles }: Surface): number {
  let volume = 0;
  for (let n = 0; n < triangles.length; n += 3) {
    const corner = (of: number, axis: number) => points[3 * triangles[n + of]! + axis]! - points[axis]!;
    const [a, b, c] = [0, 1, 2].map((of) => [0, 1, 2].map((axis) => corner(of, axis))) as [
      number[],
      number[],
      number[],
    ];
    volume +=
      (a[0]! * (b[1]! * c[2]! - b[2]! * c[1]!) -
        a[1]! * (b[0]! * c[2]! - b[2]! * c[0]!) +
        a[2]! * (b[0]! * c[1]! - b[1]! * c[0]!)) /
      6;
  }
  return volume;
}
