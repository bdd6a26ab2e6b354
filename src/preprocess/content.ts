/** What of a volume is not air. Twin of `training/metsight/preprocess.py`. */
import type { Grid } from '../domain/grid';
import type { SliceFrame } from '../domain/sliceFrame';

/** In voxels, as the frame looks at the slices; `end` is one past the last. */
export interface Content {
  readonly rows: { readonly first: number; readonly end: number };
  readonly cols: { readonly first: number; readonly end: number };
  /** Those that hold anything, rising. */
  readonly slices: readonly number[];
}

/**
 * The box around every voxel that is not air, over the whole volume.
 *
 * @param bytes  the volume after the recipe's intensity step, in the order of `voxelIndex`
 * @param airBelow  a voxel under this is air
 * @returns undefined where all is air
 */
export function contentOf(bytes: Uint8Array, grid: Grid, frame: SliceFrame, airBelow: number): Content | undefined {
  const isHeld = occupancy(bytes, grid, airBelow);
  const [cols, rows, slices] = ([0, 1, 2] as const).map((n) => {
    const held = isHeld[frame.axes[n]];
    const last = held.length - 1;
    return [...held.keys()].filter((index) => held[frame.isFlipped[n] ? last - index : index] === 1);
  }) as [number[], number[], number[]];
  const bounds = (held: readonly number[]) => ({ first: held[0]!, end: held.at(-1)! + 1 });
  return slices.length === 0 ? undefined : { rows: bounds(rows), cols: bounds(cols), slices };
}

/** For each axis of the Grid, 1 at the indices that hold a voxel which is not air. */
function occupancy(bytes: Uint8Array, { dims }: Grid, airBelow: number): [Uint8Array, Uint8Array, Uint8Array] {
  const [ni, nj, nk] = dims;
  const [heldI, heldJ, heldK] = [new Uint8Array(ni), new Uint8Array(nj), new Uint8Array(nk)];
  let voxel = 0;
  for (let k = 0; k < nk; k++) {
    for (let j = 0; j < nj; j++) {
      let isHeld = false;
      for (let i = 0; i < ni; i++) {
        if (bytes[voxel++]! < airBelow) continue;
        heldI[i] = 1;
        isHeld = true;
      }
      if (!isHeld) continue;
      heldJ[j] = 1;
      heldK[k] = 1;
    }
  }
  return [heldI, heldJ, heldK];
}
