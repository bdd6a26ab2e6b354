/** Where in its slices a lesion lies: the second look at a mask, once it is known how far each lesion reaches. */
import type { Mask } from '../domain/volume';
import type { SliceFrame } from '../domain/sliceFrame';
import type { LesionSlices } from './extentOf';

/** First and last index along i, j and k. */
export interface Bounds {
  readonly first: readonly [number, number, number];
  readonly last: readonly [number, number, number];
}

/** @param bounds  by label; labels without bounds are passed over */
export function lesionSlices(
  { grid, labels }: Mask,
  { axes: [colAxis, rowAxis, sliceAxis] }: SliceFrame,
  bounds: readonly (Bounds | undefined)[],
): (LesionSlices | undefined)[] {
  const found = bounds.map((one) => {
    if (one === undefined) return undefined;
    const lines = one.last[rowAxis] - one.first[rowAxis] + 1;
    const spans = Array.from({ length: one.last[sliceAxis] - one.first[sliceAxis] + 1 }, () => ({
      firstCols: new Int32Array(lines).fill(0x7fffffff),
      lastCols: new Int32Array(lines).fill(-1),
    }));
    return { first: one.first[sliceAxis], firstRow: one.first[rowAxis], spans };
  });
  const [ni, nj, nk] = grid.dims;
  const at = [0, 0, 0] as [number, number, number];
  let voxel = 0;
  for (at[2] = 0; at[2] < nk; at[2]++) {
    for (at[1] = 0; at[1] < nj; at[1]++) {
      for (let i = 0; i < ni; i++, voxel++) {
        const id = labels[voxel]!;
        if (id === 0) continue;
        const lesion = found[id];
        if (lesion === undefined) continue;
        at[0] = i;
        const { firstCols, lastCols } = lesion.spans[at[sliceAxis] - lesion.first]!;
        const line = at[rowAxis] - lesion.firstRow;
        const col = at[colAxis];
        if (col < firstCols[line]!) firstCols[line] = col;
        if (col > lastCols[line]!) lastCols[line] = col;
      }
    }
  }
  return found;
}
