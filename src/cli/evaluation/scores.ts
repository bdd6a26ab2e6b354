/** What `evaluate` reports of one split, from what was seen in each of its slices: `training/metsight/scores.py`. */
import { sizeClasses, type SizeClass } from '../../models/measured';
import { intervals, type Intervals } from './intervals';
import { diceFromCounts, mean, median, sizeClass } from './metrics';
import { hasLesion, pooledDice, type SliceScore } from './sliceScore';

export interface Found {
  readonly found: number;
  readonly n: number;
}

export interface Touching {
  readonly touching: number;
  readonly n: number;
}

/** Null over nothing. */
export interface Summary {
  readonly mean: number | null;
  readonly median: number | null;
  readonly n: number;
}

type BySize<T> = Readonly<Record<SizeClass | 'all', T>>;

/** Every figure with its n; one over nothing is null. */
export interface Scores {
  readonly slices: number;
  readonly patients: number;
  /** Over slices with a lesion; an empty prediction scores 0. */
  readonly sliceDice: Summary;
  /** Counts pooled over each patient's slices. `undefined`: patients without a lesion and without a prediction. */
  readonly patientDice: Summary & { readonly undefined: number };
  readonly tumourFree: {
    readonly withFalsePositive: number;
    readonly n: number;
    readonly share: number | null;
    /** Components marked on them: all are false there. */
    readonly falsePositives: number;
    readonly falsePositivesPerSlice: number | null;
  };
  /** By the equivalent diameter in millimetres. */
  readonly lesionSensitivity: BySize<Found>;
  readonly lesionPrecision: BySize<Touching>;
  readonly lesionF1: BySize<number | null>;
  /** Null of fewer than 5 patients. */
  readonly intervals: Intervals | null;
}

export function summarize(slices: readonly SliceScore[]): Scores {
  const patients = ownSlices(slices);
  const patientDices = [...patients.values()].map(pooledDice);
  const defined = patientDices.filter((dice) => !Number.isNaN(dice));
  const tumourFree = slices.filter((slice) => !hasLesion(slice));
  const withFalsePositive = tumourFree.filter(({ counts: { fp } }) => fp > 0).length;
  const falsePositives = tumourFree.reduce((sum, { marks }) => sum + marks.length, 0);
  const lesions = slices.flatMap(({ lesions, pixelMm }) =>
    lesions.map(({ areaPx, isFound }) => ({ size: sizeClass(areaPx, pixelMm), isHit: isFound })),
  );
  const marks = slices.flatMap(({ marks, pixelMm }) =>
    marks.map(({ areaPx, isTouching }) => ({ size: sizeClass(areaPx, pixelMm), isHit: isTouching })),
  );
  const lesionSensitivity = bySize((name) => tally(lesions, name, (found, n) => ({ found, n })));
  const lesionPrecision = bySize((name) => tally(marks, name, (touching, n) => ({ touching, n })));
  return {
    slices: slices.length,
    patients: patients.size,
    sliceDice: summary(slices.filter(hasLesion).map((slice) => diceFromCounts(slice.counts))),
    patientDice: { ...summary(defined), undefined: patientDices.length - defined.length },
    tumourFree: {
      withFalsePositive,
      n: tumourFree.length,
      share: orNull(withFalsePositive / tumourFree.length),
      falsePositives,
      falsePositivesPerSlice: orNull(falsePositives / tumourFree.length),
    },
    lesionSensitivity,
    lesionPrecision,
    lesionF1: bySize((name) => f1(lesionSensitivity[name], lesionPrecision[name])),
    intervals: intervals([...patients.values()]),
  };
}

/** In the order in which the patients come. */
function ownSlices(slices: readonly SliceScore[]): Map<string, SliceScore[]> {
  const patients = new Map<string, SliceScore[]>();
  for (const slice of slices) {
    const own = patients.get(slice.patient);
    if (own) own.push(slice);
    else patients.set(slice.patient, [slice]);
  }
  return patients;
}

/**
 * Harmonic mean of the share of lesions found and the share of marks touching one. Null without lesions; 0 where none is
 * found, marked or not. Of a class of size null too where its lesions were found by marks of other sizes alone.
 */
function f1(sensitivity: Found, precision: Touching): number | null {
  if (sensitivity.n === 0) return null;
  if (sensitivity.found === 0) return 0;
  if (precision.n === 0) return null;
  const [found, touching] = [sensitivity.found / sensitivity.n, precision.touching / precision.n];
  return (2 * found * touching) / (found + touching);
}

const bySize = <T>(of: (name: SizeClass | 'all') => T): BySize<T> => ({
  '<6': of('<6'),
  '6-10': of('6-10'),
  '10-20': of('10-20'),
  '>20': of('>20'),
  all: of('all'),
});

function tally<T>(
  components: readonly { readonly size: SizeClass; readonly isHit: boolean }[],
  name: SizeClass | 'all',
  make: (hits: number, n: number) => T,
): T {
  const some = components.filter(({ size }) => name === 'all' || size === name);
  return make(some.filter(({ isHit }) => isHit).length, some.length);
}

export const orNull = (value: number) => (Number.isNaN(value) ? null : value);

export function summary(values: readonly number[]): Summary {
  return { mean: orNull(mean(values)), median: orNull(median(values)), n: values.length };
}

export const allSizes = [...sizeClasses, 'all'] as const;
