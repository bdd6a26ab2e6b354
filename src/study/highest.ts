/** How sure the network came to be anywhere: said when it marks nothing. */
import type { ProbabilityMap } from '../domain/volume';

export interface Highest {
  readonly probability: number;
  /** Slice where it is, counted from 0. */
  readonly k: number;
}

export function highestProbability({ grid, probabilities }: ProbabilityMap): Highest {
  let place = 0;
  for (let index = 1; index < probabilities.length; index++) {
    if (probabilities[index]! > probabilities[place]!) place = index;
  }
  const [ni, nj] = grid.dims;
  return { probability: probabilities[place] ?? 0, k: Math.floor(place / (ni * nj)) };
}
