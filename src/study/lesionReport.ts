/** One network's lesions as JSON: the fields are those that the command line writes. */
import type { Agreement } from '../domain/agreement';
import type { Warning } from '../domain/warnings';
import { segmentationReport, type SegmentationReport } from '../models/segmentationReport';
import type { Answer } from './answers';
import { programVersion } from './programVersion';

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
