/** From probabilities to lesions: cheap, so that a slider can call it. */
import type { DelineationRule, Lesion, Mask, ProbabilityMap } from '../domain/volume';
import { delineate } from '../postprocess/delineate';
import { measure } from '../postprocess/measure';

export interface Outline {
  readonly mask: Mask;
  /** By descending size; `id` is the label in the mask. */
  readonly lesions: readonly Lesion[];
}

export function outline(map: ProbabilityMap, rule: DelineationRule): Outline {
  const mask = delineate(map, rule);
  return { mask, lesions: measure(mask, map) };
}
