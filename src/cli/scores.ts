/** What `evaluate` reports of one split, from what was seen in each of its slices. */
import {
  type Counts,
  counts,
  diceFromCounts,
  foundLesions,
  mean,
  median,
  sizeClass,
  sizeClasses,
  type SizeClass,
  sumCounts,
  type TrueLesion,
} from './metrics';

/** One slice, compared with its truth. */
export interface SliceScore {
  readonly patient: string;
  readonly counts: Counts;
  readonly lesions: readonly TrueLesion[];
}

interface Found {
  readonly found: number;
  readonly n: number;
}

/** Every figure with its n; one without any is null. */
export interface SplitScores {
  readonly set: string;
  readonly split: string;
  readonly slices: number;
  readonly patients: number;
  /** Over slices with a lesion; an empty prediction scores 0. */
  readonly sliceDice: { readonly mean: number | null; readonly median: number | null; readonly n: number };
  /** Counts pooled over each patient's slices. `undefined`: patients without a lesion and without a prediction. */
  readonly patientDice: {
    readonly mean: number | null;
    readonly median: number | null;
    readonly n: number;
    readonly undefined: number;
  };
  readonly tumourFree: { readonly withFalsePositive: number; readonly n: number; readonly share: number | null };
  /** By the equivalent diameter in pixels. */
  readonly lesionSensitivity: Readonly<Record<SizeClass | 'all', Found>>;
}

/** Component labels of prediction and truth, of one grid. */
export function scoreSlice(patient: string, predicted: Uint16Array, truth: Uint16Array): SliceScore {
  return { patient, counts: counts(predicted, truth), lesions: foundLesions(predicted, truth) };
}

export function scoreSplit(set: string, split: string, slices: readonly SliceScore[]): SplitScores {
  const withLesion = slices.filter(({ counts: { tp, fn } }) => tp + fn > 0);
  const tumourFree = slices.filter(({ counts: { tp, fn } }) => tp + fn === 0);
  const withFalsePositive = tumourFree.filter(({ counts: { fp } }) => fp > 0).length;
  const patients = new Map<string, Counts[]>();
  for (const slice of slices) patients.set(slice.patient, [...(patients.get(slice.patient) ?? []), slice.counts]);
  const patientDice = [...patients.values()].map((own) => diceFromCounts(sumCounts(own)));
  const defined = patientDice.filter((dice) => !Number.isNaN(dice));
  const lesions = slices.flatMap((slice) => slice.lesions);
  const found = (some: readonly TrueLesion[]) => ({ found: some.filter((l) => l.isFound).length, n: some.length });
  const ofClass = (name: SizeClass) => found(lesions.filter(({ areaPx }) => sizeClass(areaPx) === name));
  return {
    set,
    split,
    slices: slices.length,
    patients: patients.size,
    sliceDice: summary(withLesion.map((slice) => diceFromCounts(slice.counts))),
    patientDice: { ...summary(defined), undefined: patientDice.length - defined.length },
    tumourFree: {
      withFalsePositive,
      n: tumourFree.length,
      share: orNull(withFalsePositive / tumourFree.length),
    },
    lesionSensitivity: {
      '<6': ofClass('<6'),
      '6-10': ofClass('6-10'),
      '10-20': ofClass('10-20'),
      '>20': ofClass('>20'),
      all: found(lesions),
    },
  };
}

const orNull = (value: number) => (Number.isNaN(value) ? null : value);

function summary(values: readonly number[]) {
  return { mean: orNull(mean(values)), median: orNull(median(values)), n: values.length };
}

const figure = (value: number | null) => (value === null ? '—' : value.toFixed(3));
const ofN = ({ found, n }: Found) => (n === 0 ? '—' : `${found}/${n}`);

/** A line a split, with a heading, for a terminal. */
export function scoresTable(splits: readonly SplitScores[]): string[] {
  const heading = [
    ['set', 'split', 'slices', 'patients', 'slice Dice', 'median', 'n', 'patient Dice', 'median', 'n', 'undefined'],
    ['false positives', ...sizeClasses.map((name) => `${name} px`), 'all lesions'],
  ].flat();
  const rows = splits.map((s) => [
    ...[s.set, s.split, String(s.slices), String(s.patients)],
    ...[figure(s.sliceDice.mean), figure(s.sliceDice.median), String(s.sliceDice.n)],
    ...[figure(s.patientDice.mean), figure(s.patientDice.median), String(s.patientDice.n)],
    String(s.patientDice.undefined),
    ofN({ found: s.tumourFree.withFalsePositive, n: s.tumourFree.n }),
    ...[...sizeClasses, 'all' as const].map((name) => ofN(s.lesionSensitivity[name])),
  ]);
  const widths = heading.map((name, i) => Math.max(name.length, ...rows.map((row) => row[i]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, i) => (i < 2 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!)))
      .join('  ')
      .trimEnd();
  return [heading, ...rows].map(line);
}
