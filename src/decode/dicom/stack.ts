/** Slices in their order along the normal, and the affine of the stack: from positions, never from what a header says of spacing. */
import { PipelineFailure } from '../../domain/errors';
import type { Affine } from '../../domain/grid';
import type { Warning } from '../../domain/warnings';
import { affineOfColumns, lpsToRas, type Vector } from '../patientSpace';
import type { FramePlane } from './frame';

/** Frames this close along the normal lie at one place. */
export const samePlaceMm = 0.01;

/** Off its even place by more than this share of the spacing, a slice's place is not even any more. */
const unevenShare = 0.1;
/** Up to here it is rounding of the header, and not mentioned. */
const roundingShare = 0.02;

/** More slices missing than this share of those there are, and it is no stack with a gap. One may always be missing. */
const missingShare = 0.25;
export const areTooFew = (there: number, missing: number) => missing > Math.max(1, missingShare * there);

/** A stack that leans less is upright: rounding of the header. */
const uprightDegrees = 0.5;
const mostLeaningDegrees = 45;

export interface Stack<T> {
  /** In rising order along the normal; undefined where a slice is missing. */
  readonly slices: readonly (T | undefined)[];
  readonly warnings: readonly Warning[];
}

const dot = (a: Vector, b: Vector) => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
const plus = (a: Vector, b: Vector, times = 1): Vector => [
  a[0] + times * b[0],
  a[1] + times * b[1],
  a[2] + times * b[2],
];
const scaled = (a: Vector, factor: number): Vector => [a[0] * factor, a[1] * factor, a[2] * factor];

/** Of length 1, towards which k rises. */
export function normalOf({ alongRow: r, alongColumn: c }: FramePlane): Vector {
  const cross: Vector = [r[1] * c[2] - r[2] * c[1], r[2] * c[0] - r[0] * c[2], r[0] * c[1] - r[1] * c[0]];
  return scaled(cross, 1 / Math.hypot(...cross));
}

/** Millimetres along the normal. */
export const heightOf = (plane: FramePlane, normal: Vector) => dot(plane.position, normal);

/**
 * @param frames       of one orientation, each at a place of its own
 * @param emptyPlaces  where a frame is known to be missing
 * @throws PipelineFailure 'slice-geometry'
 */
export function stackOf<T extends { readonly plane: FramePlane }>(
  frames: readonly T[],
  emptyPlaces: readonly FramePlane[] = [],
): Stack<T> {
  const normal = normalOf(frames[0]!.plane);
  const sorted = [
    ...frames.map((frame) => ({ plane: frame.plane, frame, height: heightOf(frame.plane, normal) })),
    ...emptyPlaces.map((plane) => ({ plane, frame: undefined, height: heightOf(plane, normal) })),
  ].sort((a, b) => a.height - b.height);
  if (sorted.length === 1) return { slices: [...frames], warnings: [] };

  const gaps = sorted.slice(1).map(({ height }, n) => height - sorted[n]!.height);
  // The lower median: of two gaps the wider one is where a slice is missing.
  const usual = [...gaps].sort((a, b) => a - b)[Math.floor((gaps.length - 1) / 2)]!;
  const indices = [0];
  for (const gap of gaps) indices.push(indices.at(-1)! + Math.round(gap / usual));
  const last = indices.at(-1)!;
  const step = scaled(plus(sorted.at(-1)!.plane.position, sorted[0]!.plane.position, -1), 1 / last);
  const spacing = dot(step, normal);
  const deviations = sorted.map(({ plane }, n) =>
    Math.hypot(...plus(plus(plane.position, sorted[0]!.plane.position, -1), step, -indices[n]!)),
  );
  const largest = Math.max(...deviations);
  if (largest > unevenShare * spacing || new Set(indices).size < indices.length) {
    const range = [Math.min(...gaps), Math.max(...gaps)].map((gap) => gap.toFixed(2));
    throw geometry(`distances from one to the next vary between ${range[0]} and ${range[1]} mm, or they lie askew`);
  }
  const missing = last + 1 - frames.length;
  if (areTooFew(frames.length, missing)) throw geometry(`${missing} are missing of ${last + 1}`);

  const warnings: Warning[] = [];
  const slices = Array.from({ length: last + 1 }, (): T | undefined => undefined);
  for (const [n, { frame }] of sorted.entries()) slices[indices[n]!] = frame;
  if (missing > 0) {
    const numbers = slices.flatMap((slice, k) => (slice ? [] : [k + 1]));
    warnings.push({ code: 'slices-missing', slices: numbers, sliceCount: slices.length });
  }
  if (largest > Math.max(roundingShare * spacing, samePlaceMm)) {
    warnings.push({ code: 'slices-uneven', largestDeviationMm: largest });
  }
  const degrees = (Math.acos(Math.min(1, spacing / Math.hypot(...step))) * 180) / Math.PI;
  if (degrees > mostLeaningDegrees) throw geometry('their stack leans by more than 45°');
  if (degrees > uprightDegrees) warnings.push({ code: 'slices-sheared', degrees });
  return { slices, warnings };
}

/**
 * Voxel → RAS millimetres: i along the row's direction by the spacing of columns, j down the columns, k from slice to
 * slice (PS3.3 C.7.6.2.1.1, equation C.7.6.2.1-1). A stack that leans gives a sheared affine.
 *
 * @param slices  in their order, at least one of them there
 * @param thicknessMm  of a single slice, in place of a distance
 */
export function stackAffine(slices: readonly (FramePlane | undefined)[], thicknessMm: number): Affine {
  const first = slices.findIndex((slice) => slice !== undefined);
  const last = slices.findLastIndex((slice) => slice !== undefined);
  const plane = slices[first]!;
  const step =
    last > first
      ? scaled(plus(slices[last]!.position, plane.position, -1), 1 / (last - first))
      : scaled(normalOf(plane), thicknessMm);
  const columns = [
    scaled(plane.alongRow, plane.pixelSpacing[1]),
    scaled(plane.alongColumn, plane.pixelSpacing[0]),
    step,
  ];
  return affineOfColumns(columns.map(lpsToRas), lpsToRas(plus(plane.position, step, -first)));
}

export const geometry = (problem: string) => new PipelineFailure({ code: 'slice-geometry', problem });
