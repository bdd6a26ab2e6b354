/** Lesions found against false positives, threshold by threshold: `training/metsight/thresholds.py`. */
import type { ProbabilityMap } from '../../domain/volume';
import { outline } from '../../pipeline/outline';
import { marks, trueLesions } from './metrics';

const thresholds = [0.02, 0.05, ...Array.from({ length: 17 }, (_, n) => (n + 2) / 20), 0.95, 0.98];

export interface FrocRow {
  readonly threshold: number;
  readonly lesions: number;
  /** Null without lesions. */
  readonly sensitivity: number | null;
  readonly slices: number;
  /** Over all slices. */
  readonly falsePositivesPerSlice: number | null;
}

export class FrocTally {
  readonly #counts = thresholds.map((threshold) => ({ threshold, found: 0, falsePositives: 0 }));
  #lesions = 0;
  #slices = 0;

  /** @param truth  component labels */
  add(map: ProbabilityMap, truth: Uint16Array, minVoxelCount: number) {
    this.#slices++;
    const highest = map.probabilities.reduce((a, b) => Math.max(a, b), 0);
    const lesions = truth.reduce((a, b) => Math.max(a, b), 0);
    this.#lesions += lesions;
    for (const count of this.#counts) {
      if (highest < Math.fround(count.threshold)) break;
      const { labels } = outline(map, { threshold: count.threshold, minVoxelCount }).mask;
      if (lesions > 0) count.found += trueLesions(truth, labels).filter(({ isFound }) => isFound).length;
      count.falsePositives += marks(labels, truth).filter(({ isTouching }) => !isTouching).length;
    }
  }

  rows(): readonly FrocRow[] {
    const [lesions, slices] = [this.#lesions, this.#slices];
    return this.#counts.map(({ threshold, found, falsePositives }) => ({
      threshold,
      lesions,
      sensitivity: lesions > 0 ? found / lesions : null,
      slices,
      falsePositivesPerSlice: slices > 0 ? falsePositives / slices : null,
    }));
  }
}
