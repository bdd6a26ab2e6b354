/** Whether a volume is of the kind that a network was trained on, as far as it says so itself. */
import type { Sequence } from '../domain/scan';
import type { Volume } from '../domain/volume';
import type { Warning } from '../domain/warnings';
import type { ModelManifest } from './manifest';

const trainedOn: Record<ModelManifest['sequence'], Sequence> = { t1ce: 'T1-CE', flair: 'FLAIR' };

/** A volume that says nothing of its sequence is not doubted. */
export function sequenceWarnings({ sequence }: Pick<Volume, 'sequence'>, manifest: ModelManifest): readonly Warning[] {
  const expected = trainedOn[manifest.sequence];
  if (sequence === 'unknown' || sequence === expected) return [];
  return [{ code: 'other-sequence', found: sequence, trainedOn: expected }];
}
