/** One slice, compared with its truth: what every figure is made of. */
import { type Counts, counts, diceFromCounts, matched, type Matched, sumCounts } from './metrics';

export interface SliceScore {
  readonly patient: string;
  readonly counts: Counts;
  /** True components: found or missed. */
  readonly lesions: readonly Matched[];
  /** Predicted components: right or wrong. */
  readonly detections: readonly Matched[];
}

/** Component labels of prediction and truth, of one grid. */
export function scoreSlice(patient: string, predicted: Uint16Array, truth: Uint16Array): SliceScore {
  const [lesions, detections] = [matched(truth, predicted), matched(predicted, truth)];
  return { patient, counts: counts(predicted, truth), lesions, detections };
}

export const hasLesion = ({ counts: { tp, fn } }: SliceScore) => tp + fn > 0;

/** Of one patient's slices together; NaN without lesion and without prediction. */
export const pooledDice = (own: readonly SliceScore[]) => diceFromCounts(sumCounts(own.map((slice) => slice.counts)));
