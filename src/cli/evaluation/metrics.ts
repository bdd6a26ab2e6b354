/**
 * Figures of merit from counts, name for name those of `training/metsight/metrics.py`.
 * Undefined is NaN and is left out and counted, never 1.
 */

import type { SizeClass } from '../../models/measured';

/** Upper bounds in millimetres of a lesion's equivalent diameter; the last class is open. */
const sizeClassesMm = [6, 10, 20] as const;
/** A lesion is found if its intersection over union exceeds this. */
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

/** @param pixelMm  the side of a pixel */
export function sizeClass(areaPx: number, pixelMm: number): SizeClass {
  const diameter = equivalentDiameterPx(areaPx) * pixelMm;
  if (diameter < sizeClassesMm[0]) return '<6';
  if (diameter < sizeClassesMm[1]) return '6-10';
  return diameter < sizeClassesMm[2] ? '10-20' : '>20';
}

/** A true lesion: found or missed. */
export interface TrueLesion {
  readonly areaPx: number;
  readonly isFound: boolean;
}

/** A predicted component: it touches a true lesion, or is a false positive. */
export interface Mark {
  readonly areaPx: number;
  readonly isTouching: boolean;
}

/**
 * Each predicted component: touching if it shares a pixel with a true lesion; one that shares none is a false positive. No
 * overlap is asked for: an islet of a lesion that is found is no alarm about something else. Labels as in `trueLesions`.
 */
export function marks(predicted: Uint16Array, truth: Uint16Array): Mark[] {
  const areas = new Map<number, number>();
  const touching = new Set<number>();
  predicted.forEach((label, i) => {
    if (label === 0) return;
    increment(areas, label);
    if (truth[i]! > 0) touching.add(label);
  });
  return [...areas].map(([label, areaPx]) => ({ areaPx, isTouching: touching.has(label) }));
}

/**
 * Each true lesion: found if its intersection over union exceeds 0.1 with the union of the predicted components that touch
 * it. Both arrays hold component labels 1 … (8-connected), 0 is background.
 */
export function trueLesions(truth: Uint16Array, predicted: Uint16Array): TrueLesion[] {
  const markAreas = new Map<number, number>();
  const areas = new Map<number, number>();
  /** The lesion's label → the mark's label → pixels they share. */
  const shared = new Map<number, Map<number, number>>();
  for (let i = 0; i < truth.length; i++) {
    const mark = predicted[i]!;
    const lesion = truth[i]!;
    if (mark > 0) increment(markAreas, mark);
    if (lesion === 0) continue;
    increment(areas, lesion);
    if (mark === 0) continue;
    const touching = shared.get(lesion) ?? new Map<number, number>();
    shared.set(lesion, touching);
    increment(touching, mark);
  }
  return [...areas].map(([label, areaPx]) => {
    let intersection = 0;
    let union = areaPx;
    for (const [touching, pixels] of shared.get(label) ?? []) {
      intersection += pixels;
      union += (markAreas.get(touching) ?? 0) - pixels;
    }
    return { areaPx, isFound: intersection / union > iouFound };
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
