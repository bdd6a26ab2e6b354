import type { Dims } from '../domain/grid';
import type { GridPlace } from '../display/slicing';

/** The voxel that is looked at: the slices of all planes run through it. */
export class Cursor {
  readonly #dims: Dims;
  #place = $state.raw<GridPlace>([0, 0, 0]);

  constructor(dims: Dims, place: GridPlace) {
    this.#dims = dims;
    this.moveTo(place);
  }

  get place() {
    return this.#place;
  }

  /** To the nearest voxel. */
  moveTo([i, j, k]: GridPlace) {
    const within = (at: number, axis: 0 | 1 | 2) => Math.min(this.#dims[axis] - 1, Math.max(0, Math.round(at)));
    this.#place = [within(i, 0), within(j, 1), within(k, 2)];
  }
}
