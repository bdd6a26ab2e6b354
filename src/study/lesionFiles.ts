/** Lesions as tables: the fields are those that the command line writes. */
import type { Agreement } from '../domain/agreement';
import { csvText } from '../domain/csvText';
import type { MaskProvenance } from '../domain/provenance';
import type { Warning } from '../domain/warnings';
import { segmentationReport, type SegmentationReport } from '../models/segmentationReport';
import type { LesionGroup } from './agreement';
import type { Answer } from './answers';
import { programVersion } from './programVersion';

const rounded = (value: number, decimals: number) => Number(value.toFixed(decimals));

/** Rejected lesions are left out, and names of files. */
export function lesionReport(
  { segmented, lesions, rejected }: Answer,
  warnings: readonly Warning[],
  agreement?: Agreement,
): SegmentationReport {
  const { manifest, isTriPlanar, backend, outline, highest } = segmented;
  return segmentationReport({
    manifest,
    rule: outline.rule,
    isTriPlanar,
    agreement,
    backend,
    version: programVersion,
    grid: outline.mask.grid,
    lesions,
    rejectedCount: rejected.size,
    warnings,
    highestProbability: highest.probability,
  });
}

/** As much of an Answer as the table needs. */
type TableAnswer = Pick<Answer, 'architecture' | 'rejected'> & {
  readonly about: MaskProvenance;
};

/**
 * RFC 4180. One row a lesion and network, in the order of their places; `place` is the same number for lesions that share
 * a pixel. Rejected lesions are left out. A network without any has one row without a number, which says how that came
 * about.
 */
export function lesionsCsv(groups: readonly LesionGroup[], answers: readonly TableAnswer[]): string {
  const columns =
    'place,model,lesion,area_px,column,row,slice,mean_probability,max_probability,weights_sha256,threshold,smallest,smallest_unit,rejected,backend,adapter,program_version';
  const madeOf = ({ about }: TableAnswer) => [
    ...[about.weightsSha256, about.threshold, about.minSize.value, about.minSize.unit],
    ...[about.rejectedCount, about.backend, about.adapter, about.programVersion],
  ];
  const rows = groups
    .toSorted((a, b) => a.id - b.id)
    .flatMap(({ id, members }) =>
      members.flatMap(({ architecture, lesion }) => {
        const answer = answers.find((one) => one.architecture === architecture);
        if (!answer || answer.rejected.has(lesion.id)) return [];
        const centroid = lesion.centroid.map((axis) => rounded(axis, 3));
        const probabilities = [lesion.meanProbability, lesion.maxProbability].map((value) => rounded(value, 6));
        const found = [id, answer.about.modelId, lesion.id, lesion.voxelCount, ...centroid, ...probabilities];
        return [{ answer, row: [...found, ...madeOf(answer)] }];
      }),
    );
  const none = answers
    .filter((answer) => !rows.some((one) => one.answer === answer))
    .map((answer) => ['', answer.about.modelId, '', 0, '', '', '', '', '', ...madeOf(answer)]);
  return csvText([columns.split(','), ...rows.map(({ row }) => row), ...none]);
}
