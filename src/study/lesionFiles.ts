/** Lesions as tables: the fields are those that the command line writes. */
import type { Warning } from '../domain/warnings';
import { segmentationReport, type SegmentationReport } from '../models/segmentationReport';
import type { LesionGroup } from './agreement';
import type { Segmented } from './Finding.svelte';
import { networkFacts } from './networkChoice';
import { programVersion } from './programVersion';

const rounded = (value: number, decimals: number) => Number(value.toFixed(decimals));

export function lesionReport(file: string, segmented: Segmented, warnings: readonly Warning[]): SegmentationReport {
  const { manifest, backend, outline, highest } = segmented;
  return segmentationReport({
    file,
    manifest,
    rule: outline.rule,
    backend,
    version: programVersion,
    grid: outline.mask.grid,
    lesions: outline.lesions,
    warnings,
    highestProbability: highest.probability,
  });
}

/** RFC 4180. One row a lesion and network; `place` is the same number for lesions that share a pixel. */
export function lesionsCsv(groups: readonly LesionGroup[]): string {
  const header = 'place,model,lesion,area_px,column,row,slice,mean_probability,max_probability';
  const rows = groups.flatMap(({ id, members }) =>
    members.map(({ architecture, lesion }) => {
      const [column, row, slice] = lesion.centroid.map((axis) => rounded(axis, 3));
      const probabilities = [lesion.meanProbability, lesion.maxProbability].map((value) => rounded(value, 6));
      const { modelId } = networkFacts[architecture];
      return [id, modelId, lesion.id, lesion.voxelCount, column, row, slice, ...probabilities].join(',');
    }),
  );
  return `${[header, ...rows].join('\r\n')}\r\n`;
}
