/** One slice, compared with its truth: what every figure is made of. */
import {
  type Counts,
  counts,
  diceFromCounts,
  type Mark,
  marks,
  sumCounts,
  type TrueLesion,
  trueLesions,
} from './metrics';

export interface SliceScore {
  readonly patient: string;
  readonly counts: Counts;
  readonly lesions: readonly TrueLesion[];
  readonly marks: readonly Mark[];
  /** The side of a pixel, for classes of size. */
  readonly pixelMm: number;
}

/** Component labels of prediction and truth, of one grid. */
export function scoreSlice(patient: string, predicted: Uint16Array, truth: Uint16Array, pixelMm: number): SliceScore {
  return {
    patient,
    counts: counts(predicted, truth),
    lesions: trueLesions(truth, predicted),
    marks: marks(predicted, truth),
    pixelMm,
  };
}

export const hasLesion = ({ counts: { tp, fn } }: SliceScore) => tp + fn > 0;

/** Of one patient's slices together; NaN without lesion and without prediction. */
export const pooledDice = (own: readonly SliceScore[]) => diceFromCounts(sumCounts(own.map((slice) => slice.counts)));
