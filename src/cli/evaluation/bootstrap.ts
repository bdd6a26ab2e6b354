/**
 * 95 % intervals by drawing patients with replacement, name for name those of `training/metsight/bootstrap.py`: slices of
 * one patient are no independent witnesses. The draws are the same ones.
 */
import { multinomial, seededNumbers } from './numpyRandom';

export const bootstrapSettings = { level: 0.95, draws: 2000, seed: 1, over: 'patients' } as const;

/** Draws of fewer patients repeat so few values that their spread says little; chosen. */
export const fewestPatients = 5;

/** How often each draw takes each patient. */
export type Draws = readonly Uint16Array[];
export type Interval = readonly [low: number, high: number];

const drawn = new Map<number, Draws>();

/** The same number of patients always gives the same draws. */
export function draw(patientCount: number): Draws {
  const known = drawn.get(patientCount);
  if (known) return known;
  const random = seededNumbers();
  const made = Array.from({ length: bootstrapSettings.draws }, () => multinomial(random, patientCount));
  drawn.set(patientCount, made);
  return made;
}

/**
 * Of a figure's value in each draw; draws in which it is undefined (NaN) are left out.
 *
 * @param contributing  how many patients the figure is made of
 * @returns null where that is fewer than 5, and over nothing
 */
export function interval(values: ArrayLike<number>, contributing: number): Interval | null {
  const defined = Float64Array.from(values).filter(Number.isFinite).sort();
  if (contributing < fewestPatients || defined.length === 0) return null;
  const tail = (1 - bootstrapSettings.level) / 2;
  return [quantile(defined, tail), quantile(defined, 1 - tail)];
}

/** Between the two nearest, linearly (NumPy's default). @param sorted  ascending, at least one */
export function quantile(sorted: ArrayLike<number>, share: number): number {
  const place = share * (sorted.length - 1);
  const below = Math.floor(place);
  const low = sorted[below]!;
  return low + ((sorted[below + 1] ?? low) - low) * (place - below);
}

/** Sum over sum in each draw; numerators and denominators are one a patient. NaN where the denominator is 0. */
export function ratios(draws: Draws, numerators: ArrayLike<number>, denominators: ArrayLike<number>): Float64Array {
  return Float64Array.from(draws, (taken) => {
    let above = 0;
    let below = 0;
    for (let patient = 0; patient < taken.length; patient++) {
      above += taken[patient]! * numerators[patient]!;
      below += taken[patient]! * denominators[patient]!;
    }
    return below > 0 ? above / below : NaN;
  });
}

/** Pixels of one patient, bin by bin. */
export interface BinnedPixels {
  /** Sum of the probabilities less the number of lesion pixels. */
  readonly off: ArrayLike<number>;
  /** Of all bins. */
  readonly count: number;
}

/** Expected calibration error in each draw. NaN where no pixel is drawn. @param patients  one each, undefined: no pixel */
export function calibrationErrors(draws: Draws, patients: readonly (BinnedPixels | undefined)[]): Float64Array {
  const binCount = patients.find((own) => own !== undefined)?.off.length ?? 0;
  return Float64Array.from(draws, (taken) => {
    const off = new Float64Array(binCount);
    let count = 0;
    for (const [patient, own] of patients.entries()) {
      if (own === undefined) continue;
      count += taken[patient]! * own.count;
      for (let bin = 0; bin < binCount; bin++) off[bin]! += taken[patient]! * own.off[bin]!;
    }
    return count > 0 ? off.reduce((sum, value) => sum + Math.abs(value), 0) / count : NaN;
  });
}

/** Median in each draw of values that each belong to a patient. NaN where none is drawn. */
export function medians(
  draws: Draws,
  values: readonly { readonly value: number; readonly patient: number }[],
): Float64Array {
  const ordered = values.toSorted((a, b) => a.value - b.value);
  return Float64Array.from(draws, (taken) => {
    const total = ordered.reduce((sum, { patient }) => sum + taken[patient]!, 0);
    if (total === 0) return NaN;
    return (valueAt(ordered, taken, (total - 1) >> 1) + valueAt(ordered, taken, total >> 1)) / 2;
  });
}

/** Of the values in order, each repeated as often as its patient was taken: the one at `place`, from 0. */
function valueAt(
  ordered: readonly { readonly value: number; readonly patient: number }[],
  taken: Uint16Array,
  place: number,
): number {
  let passed = 0;
  for (const { value, patient } of ordered) {
    passed += taken[patient]!;
    if (passed > place) return value;
  }
  return NaN;
}
