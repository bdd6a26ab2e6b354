/** Figures of one split of one set, gathered slice by slice: `training/metsight/figures.py`. */
import type { DelineationRule, ProbabilityMap } from '../../domain/volume';
import { outline } from '../../pipeline/outline';
import { facetNames, type DataSlice } from '../dataSet';
import { CalibrationTally, type CalibrationFigures } from './calibration';
import { FrocTally, type FrocRow } from './froc';
import { summarize, summary, type Scores } from './scores';
import { scoreSlice, type SliceScore } from './sliceScore';
import { hd95Px } from './surface';

export interface SplitFigures extends Scores {
  readonly set: string;
  readonly split: string;
  readonly hd95: Distances;
  readonly calibration: CalibrationFigures;
  readonly froc: readonly FrocRow[];
  /** By view, tumour type and site, as far as the index says them: of each value its scores. */
  readonly by: Readonly<Record<string, Readonly<Record<string, Scores>>>>;
}

interface Distances {
  readonly px: MeanAndMedian;
  /** Where every such slice's spacing is known. */
  readonly mm: MeanAndMedian;
  readonly n: number;
  readonly over: string;
}

interface MeanAndMedian {
  readonly mean: number | null;
  readonly median: number | null;
}

export class SplitTally {
  readonly #scored: { readonly slice: DataSlice; readonly score: SliceScore }[] = [];
  readonly #distances: { readonly px: number; readonly spacingMm: number | undefined }[] = [];
  readonly #calibration: CalibrationTally;
  readonly #froc = new FrocTally();
  readonly set: string;
  readonly split: string;

  constructor(set: string, split: string, temperature: number) {
    this.set = set;
    this.split = split;
    this.#calibration = new CalibrationTally(temperature);
  }

  /** @param truth  component labels. @returns those of the prediction */
  add(slice: DataSlice, map: ProbabilityMap, truth: Uint16Array, rule: DelineationRule): Uint16Array {
    const { labels } = outline(map, rule).mask;
    const raster = { cols: map.grid.dims[0], rows: map.grid.dims[1] };
    this.#scored.push({ slice, score: scoreSlice(slice.patient, labels, truth) });
    const px = hd95Px(labels, truth, raster);
    if (!Number.isNaN(px)) this.#distances.push({ px, spacingMm: slice.spacingMm });
    this.#calibration.add(map.probabilities, truth, raster);
    this.#froc.add(map, truth, rule.minVoxelCount);
    return labels;
  }

  figures(): SplitFigures {
    return {
      set: this.set,
      split: this.split,
      ...summarize(this.#scored.map(({ score }) => score)),
      hd95: this.#hd95(),
      calibration: this.#calibration.figures(),
      froc: this.#froc.rows(),
      by: this.#byFacet(),
    };
  }

  #hd95(): Distances {
    const px = summary(this.#distances.map((one) => one.px));
    const inMm = this.#distances.map((one) => one.px * (one.spacingMm ?? NaN));
    const isKnown = !inMm.some(Number.isNaN);
    const mm = summary(isKnown ? inMm : []);
    return {
      px: { mean: px.mean, median: px.median },
      mm: { mean: mm.mean, median: mm.median },
      n: px.n,
      over: 'slices where truth and prediction both hold a lesion',
    };
  }

  #byFacet(): SplitFigures['by'] {
    const by: Record<string, Record<string, Scores>> = {};
    for (const facet of facetNames) {
      const values = [...new Set(this.#scored.flatMap(({ slice }) => slice.facets[facet] ?? []))].sort();
      for (const value of values) {
        const own = this.#scored.filter(({ slice }) => slice.facets[facet] === value);
        (by[facet] ??= {})[value] = summarize(own.map(({ score }) => score));
      }
    }
    return by;
  }
}
