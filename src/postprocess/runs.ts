/** Runs: stretches of lesion voxels along i. Lesions are sparse, so joining runs is far less work than joining voxels. */
import type { Dims } from '../domain/grid';

export interface Runs {
  readonly count: number;
  /** Offsets in the array: first voxel, and one past the last. Rising. */
  readonly start: Int32Array;
  readonly end: Int32Array;
  /** Line (j + nJ · k) → its first run; one entry more than there are lines. */
  readonly firstOfLine: Int32Array;
}

/** The runs of voxels at or above the threshold, in memory order. */
export function findRuns(probabilities: Float32Array, [ni, nj, nk]: Dims, threshold: number): Runs {
  let start = new Int32Array(1024);
  let end = new Int32Array(1024);
  let count = 0;
  const lineCount = nj * nk;
  const firstOfLine = new Int32Array(lineCount + 1);
  for (let line = 0; line < lineCount; line++) {
    const lineEnd = (line + 1) * ni;
    for (let n = line * ni; n < lineEnd; n++) {
      if (!(probabilities[n]! >= threshold)) continue;
      if (count === start.length) {
        start = doubled(start);
        end = doubled(end);
      }
      start[count] = n;
      while (n < lineEnd && probabilities[n]! >= threshold) n++;
      end[count++] = n;
    }
    firstOfLine[line + 1] = count;
  }
  return { count, start, end, firstOfLine };
}

function doubled(array: Int32Array): Int32Array<ArrayBuffer> {
  const twice = new Int32Array(array.length * 2);
  twice.set(array);
  return twice;
}

/**
 * Connected components of runs; corners connect.
 *
 * @returns for each run the number of the first run of its component
 */
export function joinRuns(runs: Runs, [ni, nj, nk]: Dims): Int32Array {
  const parent = Int32Array.from({ length: runs.count }, (_, run) => run);
  for (let k = 0; k < nk; k++) {
    for (let j = 0; j < nj; j++) {
      const line = j + nj * k;
      if (j > 0) joinLines(runs, parent, line, line - 1, ni);
      if (k === 0) continue;
      for (let other = Math.max(0, j - 1); other <= Math.min(nj - 1, j + 1); other++) {
        joinLines(runs, parent, line, other + nj * (k - 1), ni);
      }
    }
  }
  for (let run = 0; run < runs.count; run++) parent[run] = rootOf(parent, run);
  return parent;
}

/** Joins the runs of two neighbouring lines that overlap, or meet at a corner. */
function joinLines({ start, end, firstOfLine }: Runs, parent: Int32Array, line: number, other: number, ni: number) {
  const shift = (line - other) * ni;
  let a = firstOfLine[line]!;
  let b = firstOfLine[other]!;
  while (a < firstOfLine[line + 1]! && b < firstOfLine[other + 1]!) {
    const otherStart = start[b]! + shift;
    const otherEnd = end[b]! + shift;
    if (start[a]! <= otherEnd && otherStart <= end[a]!) union(parent, a, b);
    if (end[a]! < otherEnd) a++;
    else b++;
  }
}

/** The earlier run becomes the root, so a root is always its component's first run. */
function union(parent: Int32Array, a: number, b: number): void {
  const rootA = rootOf(parent, a);
  const rootB = rootOf(parent, b);
  parent[Math.max(rootA, rootB)] = Math.min(rootA, rootB);
}

/** Halves the path as it climbs (Tarjan and van Leeuwen 1984). */
function rootOf(parent: Int32Array, run: number): number {
  let at = run;
  while (parent[at]! !== at) {
    parent[at] = parent[parent[at]!]!;
    at = parent[at]!;
  }
  return at;
}
