/** Lesions as tables: the fields are those that the command line writes. */
import type { Warning } from '../domain/warnings';
import { segmentationReport, type SegmentationReport } from '../models/segmentationReport';
import type { LesionGroup } from './agreement';
import type { Answer } from './answers';
import { programVersion } from './programVersion';

const rounded = (value: number, decimals: number) => Number(value.toFixed(decimals));

/** Rejected lesions are left out. */
export function lesionReport(
  file: string,
  { segmented, lesions }: Answer,
  warnings: readonly Warning[],
): SegmentationReport {
  const { manifest, backend, outline, highest } = segmented;
  return segmentationReport({
    file,
    manifest,
    rule: outline.rule,
    backend,
    version: programVersion,
    grid: outline.mask.grid,
    lesions,
    warnings,
    highestProbability: highest.probability,
  });
}

/** As much of an Answer as the table needs. */
type TableAnswer = Pick<Answer, 'architecture' | 'rejected'> & {
  readonly segmented: { readonly manifest: { readonly id: string } };
};

/**
 * RFC 4180. One row a lesion and network, in the order of their places; `place` is the same number for lesions that share
 * a pixel. Rejected lesions are left out.
 */
export function lesionsCsv(groups: readonly LesionGroup[], answers: readonly TableAnswer[]): string {
  const header = 'place,model,lesion,area_px,column,row,slice,mean_probability,max_probability';
  const rows = groups
    .toSorted((a, b) => a.id - b.id)
    .flatMap(({ id, members }) =>
      members.flatMap(({ architecture, lesion }) => {
        const answer = answers.find((one) => one.architecture === architecture);
        if (!answer || answer.rejected.has(lesion.id)) return [];
        const [column, row, slice] = lesion.centroid.map((axis) => rounded(axis, 3));
        const probabilities = [lesion.meanProbability, lesion.maxProbability].map((value) => rounded(value, 6));
        const { id: modelId } = answer.segmented.manifest;
        return [[id, modelId, lesion.id, lesion.voxelCount, column, row, slice, ...probabilities].join(',')];
      }),
    );
  return `${[header, ...rows].join('\r\n')}\r\n`;
}
