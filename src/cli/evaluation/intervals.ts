/** 95 % bootstrap intervals of a split's figures, over patients. */
import { bootstrapSettings, draw, fewestPatients, interval, type Interval, medians, ratios } from './bootstrap';
import { diceFromCounts } from './metrics';
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

const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
const one = () => 1;
const dice = (slice: SliceScore) => diceFromCounts(slice.counts);
const touchingCount = ({ marks }: SliceScore) => marks.filter(({ isTouching }) => isTouching).length;
const foundCount = ({ lesions }: SliceScore) => lesions.filter(({ isFound }) => isFound).length;

/** @param patients  each one's slices. @returns null of fewer than 5; so is each where fewer than 5 have part in it */
export function intervals(patients: readonly (readonly SliceScore[])[]): Intervals | null {
  if (patients.length < fewestPatients) return null;
  const draws = draw(patients.length);
  const withLesion = patients.map((own) => own.filter(hasLesion));
  const tumourFree = patients.map((own) => own.filter((slice) => !hasLesion(slice)));

  /** Of two numbers that each patient's slices add up to; `n`: how many patients have part in it. */
  const ratio = (
    parts: readonly (readonly SliceScore[])[],
    above: (slice: SliceScore) => number,
    below: (slice: SliceScore) => number,
  ) => {
    const [numerators, denominators] = [above, below].map((of) => parts.map((own) => sum(own.map(of))));
    const n = denominators!.filter((value) => value > 0).length;
    return { values: ratios(draws, numerators!, denominators!), n };
  };
  const pooled = patients.map(pooledDice);
  const found = ratio(patients, foundCount, ({ lesions }) => lesions.length);
  const touching = ratio(patients, touchingCount, ({ marks }) => marks.length);
  const f1 = found.values.map((share, n) => {
    // Where nothing is marked nothing is found, and F1 is 0.
    const right = touching.values[n]! || 0;
    return share + right === 0 ? 0 : (2 * share * right) / (share + right);
  });
  const dices = withLesion.flatMap((own, patient) => own.map((slice) => ({ value: dice(slice), patient })));
  const isDefined = pooled.map((value) => (Number.isNaN(value) ? 0 : 1));
  const patientDice = ratios(
    draws,
    pooled.map((value) => value || 0),
    isDefined,
  );
  const of = ({ values, n }: { readonly values: Float64Array; readonly n: number }) => interval(values, n);
  return {
    ...bootstrapSettings,
    sliceDiceMean: of(ratio(withLesion, dice, one)),
    sliceDiceMedian: interval(medians(draws, dices), found.n),
    patientDiceMean: interval(patientDice, sum(isDefined)),
    tumourFreeShare: of(ratio(tumourFree, ({ counts }) => (counts.fp > 0 ? 1 : 0), one)),
    falsePositivesPerTumourFreeSlice: of(ratio(tumourFree, ({ marks }) => marks.length, one)),
    lesionSensitivity: of(found),
    lesionPrecision: of(touching),
    lesionF1: interval(f1, found.n),
  };
}
