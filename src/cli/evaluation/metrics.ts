/**
 * Figures of merit from counts, name for name those of `training/metsight/metrics.py`.
 * Undefined is NaN and is left out and counted, never 1.
 */

import type { SizeClass } from '../../models/measured';

/** Upper bounds in pixels of a lesion's equivalent diameter; the last class is open. */
const sizeClassesPx = [6, 10, 20] as const;
/** A component is matched if its intersection over union exceeds this. */
const iouFound = 0.1;

/** Pixels (or voxels): truly marked, wrongly marked, missed. */
export interface Counts {
  readonly tp: number;
  readonly fp: number;
  readonly fn: number;
}

/** 2tp / (2tp + fp + fn) of the foreground; NaN where prediction and truth are both empty. */
export function diceFromCounts({ tp, fp, fn }: Counts): number {
  const denominator = 2 * tp + fp + fn;
  return denominator === 0 ? NaN : (2 * tp) / denominator;
}

/** Of two label arrays of one grid; every label above 0 is foreground. */
export function counts(predicted: ArrayLike<number>, truth: ArrayLike<number>): Counts {
  let tp = 0;
  let fp = 0;
  let fn = 0;
  for (let i = 0; i < truth.length; i++) {
    const isPredicted = predicted[i]! > 0;
    const isTrue = truth[i]! > 0;
    if (isPredicted && isTrue) tp++;
    else if (isPredicted) fp++;
    else if (isTrue) fn++;
  }
  return { tp, fp, fn };
}

export function sumCounts(all: readonly Counts[]): Counts {
  return all.reduce((a, b) => ({ tp: a.tp + b.tp, fp: a.fp + b.fp, fn: a.fn + b.fn }), { tp: 0, fp: 0, fn: 0 });
}

/** Of the circle of this area. */
export const equivalentDiameterPx = (areaPx: number) => 2 * Math.sqrt(areaPx / Math.PI);

export function sizeClass(areaPx: number): SizeClass {
  const diameter = equivalentDiameterPx(areaPx);
  if (diameter < sizeClassesPx[0]) return '<6';
  if (diameter < sizeClassesPx[1]) return '6-10';
  return diameter < sizeClassesPx[2] ? '10-20' : '>20';
}

/** A component of one side, and whether the other side has it too. */
export interface Matched {
  readonly areaPx: number;
  readonly isMatched: boolean;
}

/**
 * Each component of `own`: matched if its intersection over union exceeds 0.1 with the union of the components of `other`
 * that touch it. True lesions against predictions: found or missed; predictions against truth: right or wrong. Both arrays
 * hold component labels 1 … (8-connected), 0 is background.
 */
export function matched(own: Uint16Array, other: Uint16Array): Matched[] {
  const otherAreas = new Map<number, number>();
  const areas = new Map<number, number>();
  /** Own label → the other's label → pixels they share. */
  const shared = new Map<number, Map<number, number>>();
  for (let i = 0; i < own.length; i++) {
    const o = other[i]!;
    const label = own[i]!;
    if (o > 0) increment(otherAreas, o);
    if (label === 0) continue;
    increment(areas, label);
    if (o === 0) continue;
    const touching = shared.get(label) ?? new Map<number, number>();
    shared.set(label, touching);
    increment(touching, o);
  }
  return [...areas].map(([label, areaPx]) => {
    let intersection = 0;
    let union = areaPx;
    for (const [touching, pixels] of shared.get(label) ?? []) {
      intersection += pixels;
      union += (otherAreas.get(touching) ?? 0) - pixels;
    }
    return { areaPx, isMatched: intersection / union > iouFound };
  });
}

function increment(tally: Map<number, number>, key: number) {
  tally.set(key, (tally.get(key) ?? 0) + 1);
}

/** NaN of an empty list. */
export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** The middle value, or the mean of the middle two; NaN of an empty list. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  if (sorted.length % 2 === 1) return sorted[middle]!;
  return sorted.length === 0 ? NaN : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
