/** Figures of one split of one set, gathered slice by slice: `training/metsight/figures.py`. */
import type { DelineationRule, ProbabilityMap } from '../../domain/volume';
import { outline } from '../../pipeline/outline';
import { facetNames, pixelMm, type DataSlice } from '../dataSet';
import { draw, interval, type Interval, medians } from './bootstrap';
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
  /** 95 % over patients; null where fewer than 5 have such slices. */
  readonly medianInterval: Interval | null;
}

export class SplitTally {
  readonly #scored: { readonly slice: DataSlice; readonly score: SliceScore }[] = [];
  readonly #distances: { readonly px: number; readonly slice: DataSlice }[] = [];
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
    this.#scored.push({ slice, score: scoreSlice(slice.patient, labels, truth, pixelMm(slice, raster)) });
    const px = hd95Px(labels, truth, raster);
    if (!Number.isNaN(px)) this.#distances.push({ px, slice });
    this.#calibration.add(slice.patient, map.probabilities, truth, raster);
    this.#froc.add(map, truth, rule.minVoxelCount);
    return labels;
  }

  figures(): SplitFigures {
    return {
      set: this.set,
      split: this.split,
      ...summarize(this.#scored.map(({ score }) => score)),
      hd95: this.#hd95(),
      calibration: this.#calibration.figures(this.#patients()),
      froc: this.#froc.rows(),
      by: this.#byFacet(),
    };
  }

  /** In the order in which they come. */
  #patients(): string[] {
    return [...new Set(this.#scored.map(({ slice }) => slice.patient))];
  }

  #hd95(): Distances {
    const patients = this.#patients();
    const owners = this.#distances.map(({ slice }) => patients.indexOf(slice.patient));
    const summarized = (values: readonly number[]): MeanAndMedian => {
      const { mean, median } = summary(values);
      const owned = values.map((value, n) => ({ value, patient: owners[n]! }));
      const medianInterval = interval(medians(draw(patients.length), owned), new Set(owners).size);
      return { mean, median, medianInterval };
    };
    const inMm = this.#distances.map(({ px, slice }) => px * (slice.spacingMm ?? NaN));
    return {
      px: summarized(this.#distances.map(({ px }) => px)),
      mm: summarized(inMm.some(Number.isNaN) ? [] : inMm),
      n: this.#distances.length,
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
