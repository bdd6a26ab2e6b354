/** How far the two sliders of the rule go, and how far a key moves them. */
import type { Size } from '../display/viewport';

export const thresholdRange = { min: 0.01, max: 0.99, step: 0.01 } as const;
const thresholdKeyStep = 0.05;

/** A lesion of 300 pixels of a 256² picture is about 18 mm across: nobody calls that small. */
const largestSmallest = 300;

export interface Range {
  readonly min: number;
  readonly max: number;
  readonly step: number;
}

/** The same sizes of lesion, whatever the picture's resolution. @param picture  its size in pixels, if one is open */
export function smallestRange(picture: Size = [256, 256]): Range {
  const scale = (Math.max(...picture) / 256) ** 2;
  return { min: 1, max: Math.max(50, Math.round(largestSmallest * scale)), step: 1 };
}

const clamp = (value: number, { min, max }: Range) => Math.min(max, Math.max(min, value));

/** To the next multiple of 0.05, so that a key gives round numbers. */
export function steppedThreshold(threshold: number, by: 1 | -1): number {
  const steps = threshold / thresholdKeyStep;
  // A sliver of rounding error must not count as a step.
  const next = by > 0 ? Math.floor(steps + 1e-6) + 1 : Math.ceil(steps - 1e-6) - 1;
  return clamp(Number((next * thresholdKeyStep).toFixed(2)), thresholdRange);
}

/** About a sixtieth of the range, at least one pixel. */
export function steppedSmallest(voxelCount: number, by: 1 | -1, range: Range): number {
  return clamp(voxelCount + by * Math.max(1, Math.round(range.max / 60)), range);
}
