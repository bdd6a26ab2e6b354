/** What is written beside a mask, by the page and by the command line: enough to say how it came about. */
import type { BackendReport } from '../domain/backend';
import type { Grid } from '../domain/grid';
import type { DelineationRule, Lesion } from '../domain/volume';
import { warningText, type Warning } from '../domain/warnings';
import type { ModelManifest } from './manifest';
import { weightsSha256 } from './weightsSha256';

export interface SegmentationReport {
  /** The input, as it was named. */
  readonly file: string;
  readonly model: { readonly id: string; readonly sha256: string };
  readonly threshold: number;
  readonly minSize: { readonly value: number; readonly unit: 'px' };
  readonly backend: string;
  readonly adapter: string;
  /** Of the program. */
  readonly version: string;
  readonly width: number;
  readonly height: number;
  readonly slices: number;
  readonly warnings: readonly string[];
  readonly lesions: readonly ReportedLesion[];
  readonly highestProbability: number;
}

export interface ReportedLesion {
  /** 1 for the largest. */
  readonly id: number;
  /** Pixels, over all slices. */
  readonly areaPx: number;
  /** Mean pixel place, [column, row], with the slice where there are several; all from 0. */
  readonly centroid: readonly number[];
  readonly meanProbability: number;
  readonly maxProbability: number;
}

export interface Segmented {
  readonly file: string;
  readonly manifest: ModelManifest;
  readonly rule: DelineationRule;
  readonly backend: BackendReport;
  /** Of the program. */
  readonly version: string;
  readonly grid: Grid;
  readonly lesions: readonly Lesion[];
  readonly warnings: readonly Warning[];
  readonly highestProbability: number;
}

export function segmentationReport(segmented: Segmented): SegmentationReport {
  const { manifest, rule, backend } = segmented;
  const [width, height, slices] = segmented.grid.dims;
  return {
    file: segmented.file,
    model: { id: manifest.id, sha256: weightsSha256(manifest) },
    threshold: rule.threshold,
    minSize: { value: rule.minVoxelCount, unit: 'px' },
    backend: backend.backend,
    adapter: backend.adapter,
    version: segmented.version,
    width,
    height,
    slices,
    warnings: segmented.warnings.map(warningText),
    lesions: segmented.lesions.map((lesion) => ({
      id: lesion.id,
      areaPx: lesion.voxelCount,
      centroid: lesion.centroid.slice(0, slices === 1 ? 2 : 3).map((place) => rounded(place, 3)),
      meanProbability: rounded(lesion.meanProbability, 6),
      maxProbability: rounded(lesion.maxProbability, 6),
    })),
    highestProbability: rounded(segmented.highestProbability, 6),
  };
}

const rounded = (value: number, decimals: number) => Number(value.toFixed(decimals));
