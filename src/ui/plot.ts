/** Places in the small charts of the model card, in the units of their viewBox. */
import type { FrocPoint } from '../models/measured';

export const plotBox = { width: 320, height: 220, left: 54, right: 298, top: 10, bottom: 184 } as const;

export type Scale = (value: number) => number;

export function linear([from, to]: readonly [number, number], [start, end]: readonly [number, number]): Scale {
  return (value) => start + ((value - from) / (to - from || 1)) * (end - start);
}

/** Square roots: what lies near 0 keeps room. */
export function rooted(most: number, range: readonly [number, number]): Scale {
  const inner = linear([0, Math.sqrt(most)], range);
  return (value) => inner(Math.sqrt(Math.min(Math.max(value, 0), most)));
}

export interface Tick {
  readonly at: number;
  readonly label: string;
}

/** Those of `values` that lie at least `apart` from the one before. */
export function ticks(values: readonly number[], scale: Scale, apart: number): readonly Tick[] {
  const kept: Tick[] = [];
  for (const value of values) {
    const at = scale(value);
    const last = kept.at(-1);
    if (!last || Math.abs(at - last.at) >= apart) kept.push({ at, label: value.toLocaleString() });
  }
  return kept;
}

export const linePath = (points: readonly (readonly [x: number, y: number])[]) =>
  points.map(([x, y], index) => `${index === 0 ? 'M' : 'L'}${x.toFixed(1)} ${y.toFixed(1)}`).join('');

/** Between the two thresholds that were measured nearest, linearly. @param points  at least one */
export function frocAt(points: readonly FrocPoint[], threshold: number): FrocPoint {
  const ordered = points.toSorted((a, b) => a.threshold - b.threshold);
  const above = ordered.find((point) => point.threshold >= threshold) ?? ordered.at(-1)!;
  const below = ordered.findLast((point) => point.threshold <= threshold) ?? ordered[0]!;
  const between = linear([below.threshold, above.threshold], [0, 1]);
  const share = above === below ? 0 : between(threshold);
  const mixed = (name: 'sensitivity' | 'falsePositivesPerSlice') => below[name] + share * (above[name] - below[name]);
  return {
    threshold,
    sensitivity: mixed('sensitivity'),
    falsePositivesPerSlice: mixed('falsePositivesPerSlice'),
  };
}
