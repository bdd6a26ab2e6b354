/** How sure the network came to be anywhere: said when it marks nothing. */
import type { ProbabilityMap } from '../domain/volume';
import type { GridPlace } from '../display/slicing';

export interface Highest {
  readonly probability: number;
  /** The first voxel that has it. */
  readonly place: GridPlace;
}

export function highestProbability({ grid, probabilities }: ProbabilityMap): Highest {
  let at = 0;
  for (let index = 1; index < probabilities.length; index++) {
    if (probabilities[index]! > probabilities[at]!) at = index;
  }
  const [ni, nj] = grid.dims;
  return {
    probability: probabilities[at] ?? 0,
    place: [at % ni, Math.floor(at / ni) % nj, Math.floor(at / (ni * nj))],
  };
}
