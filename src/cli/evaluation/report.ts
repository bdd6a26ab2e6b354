/** One model's (or the ensemble's) figures, split by split. */
import type { ProbabilityMap } from '../../domain/volume';
import type { ModelManifest } from '../../models/manifest';
import { weightsSha256 } from '../../models/weightsSha256';
import { delineationRule } from '../askedRule';
import type { AskedRule } from '../commandLine';
import type { DataSlice } from '../dataSet';
import { mean } from './metrics';
import { SplitTally, type SplitFigures } from './splitTally';

export interface ReportedEvaluation {
  readonly model: { readonly id: string; readonly sha256: string; readonly flips?: ModelManifest['flips'] };
  readonly threshold: number;
  /** Pixels of the pictures; null where they differ in size and the model's own was used. */
  readonly minSize: { readonly value: number | null; readonly unit: 'px' };
  /** Of the lesions' diameters. */
  readonly sizeClasses: { readonly unit: 'mm' };
  readonly splits: readonly SplitFigures[];
}

/** What is evaluated: as much of a manifest as that takes. */
interface Subject extends Pick<ModelManifest, 'id' | 'flips' | 'threshold' | 'minLesionPx' | 'preprocess'> {
  readonly sha256: string;
  /** By which the logits were divided. */
  readonly temperature: number;
}

/** Mean of the probabilities, at the mean of the thresholds, with the larger of the smallest lesions. */
export function ensembleOf(manifests: readonly ModelManifest[]): Subject {
  const subjects = manifests.map(subjectOf);
  const [first] = subjects;
  return {
    id: subjects.map(({ id }) => id).join(' + '),
    sha256: subjects.map(({ sha256 }) => sha256).join(' + '),
    threshold: { value: mean(subjects.map(({ threshold }) => threshold.value)), chosenOn: 'the mean of the networks’' },
    minLesionPx: Math.max(...subjects.map(({ minLesionPx }) => minLesionPx)),
    preprocess: first!.preprocess,
    temperature: 1,
  };
}

/** In float32, like the probabilities. */
export function meanOf(maps: readonly ProbabilityMap[]): ProbabilityMap {
  const { grid, probabilities } = maps[0]!;
  return { grid, probabilities: probabilities.map((_, at) => mean(maps.map((map) => map.probabilities[at]!))) };
}

function subjectOf(manifest: ModelManifest): Subject {
  return { ...manifest, sha256: weightsSha256(manifest), temperature: manifest.calibration?.temperature ?? 1 };
}

export class Report {
  readonly #subject: Subject;
  readonly #asked: AskedRule;
  readonly #smallest = new Set<number>();
  readonly #splits: SplitTally[] = [];

  constructor(model: ModelManifest | Subject, asked: AskedRule) {
    this.#subject = 'sha256' in model ? model : subjectOf(model);
    this.#asked = asked;
  }

  begin(set: string, split: string) {
    this.#splits.push(new SplitTally(set, split, this.#subject.temperature));
  }

  /** To the split begun last. @returns component labels of the prediction */
  add(slice: DataSlice, map: ProbabilityMap, truth: Uint16Array): Uint16Array {
    const rule = delineationRule(this.#asked, this.#subject, map.grid);
    this.#smallest.add(rule.minVoxelCount);
    return this.#splits.at(-1)!.add(slice, map, truth, rule);
  }

  evaluation(): ReportedEvaluation {
    const { id, sha256, flips } = this.#subject;
    const [value = null, ...others] = this.#smallest;
    return {
      model: { id, sha256, ...(flips && { flips }) },
      threshold: this.#asked.threshold ?? this.#subject.threshold.value,
      minSize: { value: others.length === 0 ? value : null, unit: 'px' },
      sizeClasses: { unit: 'mm' },
      splits: this.#splits.map((tally) => tally.figures()),
    };
  }
}
