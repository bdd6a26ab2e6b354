/** Whether a volume is of the kind that a network was trained on, as far as it says so itself. */
import type { Sequence } from '../domain/scan';
import type { Volume } from '../domain/volume';
import type { Warning } from '../domain/warnings';
import type { ModelManifest } from './manifest';

/** What networks are trained on, by the name that images go by. */
export const sequenceNames = { t1ce: 'T1-CE', flair: 'FLAIR' } as const satisfies Record<
  ModelManifest['sequence'],
  Sequence
>;

/** A volume that says nothing of its sequence is not doubted. */
export function sequenceWarnings(
  { sequence }: Pick<Volume, 'sequence'>,
  network: Pick<ModelManifest, 'sequence'>,
): readonly Warning[] {
  const expected = sequenceNames[network.sequence];
  if (sequence === 'unknown' || sequence === expected) return [];
  return [{ code: 'other-sequence', found: sequence, trainedOn: expected }];
}
