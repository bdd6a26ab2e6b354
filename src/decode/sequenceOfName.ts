import type { Sequence } from '../domain/scan';
import { sequenceWords } from './sequenceWords';

/** What a file's name says its sequence is: "BraTS-MET-00110-000-t1c.nii.gz" → 'T1-CE'. */
export function sequenceOfName(path: string): Sequence {
  const name = path
    .split('/')
    .at(-1)!
    .replace(/\.(nii|nii\.gz|mgz|mgh|nrrd|nhdr|mha|mhd|hdr|img)(\.gz)?$/i, '');
  const { weighting, hasContrast } = sequenceWords(name);
  if (weighting === undefined) return 'unknown';
  return weighting === 'T1' && hasContrast === true ? 'T1-CE' : weighting;
}
