/** Fewer voxels of the same place, for what only has to be looked at. */
import type { Affine, Grid } from '../domain/grid';
import { affineOf } from '../domain/spacing';

export interface Coarser {
  readonly grid: Grid;
  /** The array on the coarser grid, each value through `convert`; nearest voxels, nothing is averaged. */
  take(array: ArrayLike<number>, convert: (value: number, index: number) => number): Uint8Array;
  /**
   * For marks: the highest value of all voxels that a coarse one stands for, 0 to 255, so that none is lost between two
   * that are taken. It lies where `take` has its voxel, up to half a coarse voxel off.
   */
  takeHighest(valueAt: (index: number) => number): Uint8Array;
}

/** Every n-th voxel along each axis, so that none has more than `mostPerAxis`. */
export function coarser(grid: Grid, mostPerAxis: number): Coarser {
  const steps = grid.dims.map((count) => Math.ceil(count / mostPerAxis)) as [number, number, number];
  const dims = grid.dims.map((count, axis) => Math.ceil(count / steps[axis]!)) as [number, number, number];
  const affine = affineOf(grid);
  const scaled = affine?.map((row) => [row[0] * steps[0], row[1] * steps[1], row[2] * steps[2], row[3]]);
  return {
    // Three rows of four in, three rows of four out; `map` forgets it.
    grid: { dims, space: scaled ? { kind: 'patient', affine: scaled as unknown as Affine } : grid.space },
    take(array, convert) {
      const taken = new Uint8Array(dims[0] * dims[1] * dims[2]);
      const [ni, nj] = grid.dims;
      for (let k = 0, to = 0; k < dims[2]; k++) {
        for (let j = 0; j < dims[1]; j++) {
          for (let i = 0; i < dims[0]; i++, to++) {
            const from = i * steps[0] + ni * (j * steps[1] + nj * k * steps[2]);
            taken[to] = convert(array[from]!, from);
          }
        }
      }
      return taken;
    },
    takeHighest(valueAt) {
      const highest = new Uint8Array(dims[0] * dims[1] * dims[2]);
      const [ni, nj, nk] = grid.dims;
      for (let k = 0, from = 0; k < nk; k++) {
        for (let j = 0; j < nj; j++) {
          const line = dims[0] * (Math.floor(j / steps[1]) + dims[1] * Math.floor(k / steps[2]));
          for (let i = 0; i < ni; i++, from++) {
            const value = valueAt(from);
            if (value === 0) continue;
            const to = line + Math.floor(i / steps[0]);
            if (value > highest[to]!) highest[to] = value;
          }
        }
      }
      return highest;
    },
  };
}
