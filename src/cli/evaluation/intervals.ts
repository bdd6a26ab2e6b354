/** 95 % bootstrap intervals of a split's figures, over patients. */
import { bootstrapSettings, draw, interval, type Interval, medians, ratios } from './bootstrap';
import { diceFromCounts, type Matched } from './metrics';
import { hasLesion, pooledDice, type SliceScore } from './sliceScore';

type Named = Record<
  | 'sliceDiceMean'
  | 'sliceDiceMedian'
  | 'patientDiceMean'
  | 'tumourFreeShare'
  | 'falsePositivesPerTumourFreeSlice'
  | 'lesionSensitivity'
  | 'lesionPrecision'
  | 'lesionF1',
  Interval | null
>;

export type Intervals = Readonly<typeof bootstrapSettings & Named>;

const hits = (components: readonly Matched[]) => components.filter(({ isMatched }) => isMatched).length;
const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);

/** @param patients  each one's slices. @returns null of a single patient */
export function intervals(patients: readonly (readonly SliceScore[])[]): Intervals | null {
  if (patients.length < 2) return null;
  const draws = draw(patients.length);
  const dice = (slice: SliceScore) => diceFromCounts(slice.counts);
  const withLesion = patients.map((own) => own.filter(hasLesion));
  const tumourFree = patients.map((own) => own.filter((slice) => !hasLesion(slice)));

  /** Of two numbers that each patient's slices add up to. */
  const ratio = (
    parts: readonly (readonly SliceScore[])[],
    above: (slice: SliceScore) => number,
    below: (slice: SliceScore) => number,
  ) =>
    ratios(
      draws,
      parts.map((own) => sum(own.map(above))),
      parts.map((own) => sum(own.map(below))),
    );
  const one = () => 1;
  const pooled = patients.map(pooledDice);
  const found = ratio(
    patients,
    ({ lesions }) => hits(lesions),
    ({ lesions }) => lesions.length,
  );
  const right = ratio(
    patients,
    ({ detections }) => hits(detections),
    ({ detections }) => detections.length,
  );
  const f1 = found.map((share, n) => {
    const both = share + right[n]!;
    return both === 0 ? 0 : (2 * share * right[n]!) / both;
  });
  return {
    ...bootstrapSettings,
    sliceDiceMean: interval(ratio(withLesion, dice, one)),
    sliceDiceMedian: interval(
      medians(
        draws,
        withLesion.flatMap((own, patient) => own.map((slice) => ({ value: dice(slice), patient }))),
      ),
    ),
    patientDiceMean: interval(
      ratios(
        draws,
        pooled.map((value) => value || 0),
        pooled.map((value) => (Number.isNaN(value) ? 0 : 1)),
      ),
    ),
    tumourFreeShare: interval(ratio(tumourFree, ({ counts }) => (counts.fp > 0 ? 1 : 0), one)),
    falsePositivesPerTumourFreeSlice: interval(ratio(tumourFree, ({ detections }) => detections.length, one)),
    lesionSensitivity: interval(found),
    lesionPrecision: interval(right),
    lesionF1: interval(f1),
  };
}
