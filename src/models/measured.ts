/** What a manifest says was measured of its weights, and what follows from it: the facts of the model card. */
import { fields, list, number, oneOf, optional, pair, text, whole, type Rule } from './fields';

/** A figure is worth nothing without its n. */
export interface Metric {
  readonly name: string;
  readonly value: number;
  readonly n: number;
  /** Which data and split, in words: "t1ce-primary, val patients, slices with a lesion". */
  readonly over: string;
  /** 95 %, by drawing patients with replacement. */
  readonly interval?: readonly [low: number, high: number] | undefined;
}

/** Pixels near boundaries: how often lesion was there, against how probable it was said to be. */
export interface ReliabilityBin {
  readonly probability: number;
  readonly lesionShare: number;
  readonly n: number;
}

/** Logits divided by one number fitted on validation patients, already folded into the graph's heads (Guo et al. 2017). */
export interface Calibration {
  readonly method: 'temperature';
  readonly temperature: number;
  /** What fits best near boundaries alone; the one above is held down, so that heads without a lesion stay dark. */
  readonly boundaryTemperature: number;
  /** Expected calibration error before and after. */
  readonly eceBefore: number;
  readonly eceAfter: number;
  readonly n: number;
  readonly over: string;
  readonly binsBefore: readonly ReliabilityBin[];
  readonly bins: readonly ReliabilityBin[];
  /** Median probability inside the heads of validation slices without a lesion; null without them. */
  readonly tumourFreeMedian: number | null;
}

/** One threshold of the validation sweep. */
export interface FrocPoint {
  readonly threshold: number;
  readonly sensitivity: number;
  readonly falsePositivesPerSlice: number;
}

export const sizeClasses = ['<6', '6-10', '10-20', '>20'] as const;
/** Of a lesion's equivalent diameter. */
export type SizeClass = (typeof sizeClasses)[number];

/** How many lesions of a size there are, and how many of them were found (IoU above 0.1). */
export type LesionsOfSize = { readonly found: number; readonly n: number } & (
  | { readonly diameterMm: SizeClass }
  /** As earlier manifests say it. */
  | { readonly diameterPx: SizeClass }
);

/** Of one data set. */
export interface LesionsBySize {
  /** "t1ce-primary, val patients" */
  readonly over: string;
  readonly classes: readonly LesionsOfSize[];
}

export const sizeOf = (one: LesionsOfSize) => ('diameterMm' in one ? one.diameterMm : one.diameterPx);

/** All of a manifest are in one. */
export const diameterUnit = (bySize: readonly LesionsBySize[]) =>
  bySize.some(({ classes }) => classes.some((one) => 'diameterPx' in one)) ? 'px' : 'mm';

/** One epoch. */
export interface CurvePoint {
  readonly step: number;
  /** Side of the training pictures. */
  readonly size: number;
  /** On training slices. */
  readonly loss: number;
  /** Mean over the n validation slices with a lesion. */
  readonly validationDice: number;
  readonly n: number;
}

/** Whole sentences. */
export interface Limits {
  readonly failsWhere: readonly string[];
  readonly notFor: readonly string[];
}

const line = text();
const share = number(0, 1);
const anyNumber = number(-1e9, 1e9);
const bin: Rule<ReliabilityBin> = fields({ probability: share, lesionShare: share, n: whole(1, 1e12) });
const count = whole(0, 1e9);

export const metrics: Rule<readonly Metric[]> = list(
  fields({ name: line, value: anyNumber, n: whole(1, 1e9), over: line, interval: optional(pair(anyNumber)) }),
  0,
  256,
);

export const calibration: Rule<Calibration> = fields({
  method: oneOf('temperature'),
  temperature: number(0.01, 100),
  boundaryTemperature: number(0.01, 100),
  eceBefore: share,
  eceAfter: share,
  n: whole(1, 1e12),
  over: line,
  binsBefore: list(bin, 0, 100),
  bins: list(bin, 0, 100),
  tumourFreeMedian: (value, at) => (value === null ? null : share(value, at)),
});

export const froc: Rule<readonly FrocPoint[]> = list(
  fields({ threshold: share, sensitivity: share, falsePositivesPerSlice: number(0, 1e6) }),
  0,
  100,
);

const diameter = oneOf(...sizeClasses);
const ofMm = fields({ diameterMm: diameter, found: count, n: count });
const ofPx = fields({ diameterPx: diameter, found: count, n: count });
const lesionsOfSize: Rule<LesionsOfSize> = (value, at) =>
  typeof value === 'object' && value !== null && 'diameterPx' in value ? ofPx(value, at) : ofMm(value, at);

export const lesionsBySize: Rule<readonly LesionsBySize[]> = list(
  fields({ over: line, classes: list(lesionsOfSize, 0, 4) }),
  0,
  64,
);

export const learningCurve: Rule<readonly CurvePoint[]> = list(
  fields({ step: count, size: whole(1, 4096), loss: anyNumber, validationDice: share, n: count }),
  0,
  1000,
);

export const limits: Rule<Limits> = fields({ failsWhere: list(line, 0, 64), notFor: list(line, 0, 64) });
