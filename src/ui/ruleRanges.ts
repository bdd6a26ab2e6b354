/** How far the two sliders of the rule go, and how far a key moves them. */
import type { Grid } from '../domain/grid';

export const thresholdRange = { min: 0.01, max: 0.99, step: 0.01 } as const;
const thresholdKeyStep = 0.05;

/** A lesion of 300 pixels of a 256² picture is about 18 mm across, a ball of 500 mm³ about 10 mm: nobody calls that small. */
const largestSmallest = { px: 300, mm3: 500 } as const;

export interface Range {
  readonly min: number;
  readonly max: number;
  readonly step: number;
}

/** In mm³ for a volume; in pixels for a picture, and there the same sizes of lesion whatever its resolution. */
export function smallestRange(grid: Grid | undefined): Range {
  if (grid?.space.kind === 'patient') return { min: 1, max: largestSmallest.mm3, step: 1 };
  const [width, height] = grid?.dims ?? [256, 256];
  const scale = (Math.max(width, height) / 256) ** 2;
  return { min: 1, max: Math.max(50, Math.round(largestSmallest.px * scale)), step: 1 };
}

const clamp = (value: number, { min, max }: Range) => Math.min(max, Math.max(min, value));

/** To the next multiple of 0.05, so that a key gives round numbers. */
export function steppedThreshold(threshold: number, by: 1 | -1): number {
  const steps = threshold / thresholdKeyStep;
  // A sliver of rounding error must not count as a step.
  const next = by > 0 ? Math.floor(steps + 1e-6) + 1 : Math.ceil(steps - 1e-6) - 1;
  return clamp(Number((next * thresholdKeyStep).toFixed(2)), thresholdRange);
}

/** About a sixtieth of the range, at least one pixel or mm³. */
export function steppedSmallest(size: number, by: 1 | -1, range: Range): number {
  return clamp(Math.round(size) + by * Math.max(1, Math.round(range.max / 60)), range);
}
