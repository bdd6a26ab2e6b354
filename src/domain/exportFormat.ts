/** The files in which a whole result is taken away, by their names on the command line. */
import type { MaskProvenance } from './provenance';
import type { Lesion, Mask, ProbabilityMap, Volume } from './volume';
export const exportFormats = ['nifti', 'dicom-seg', 'png', 'csv', 'probability'] as const;

export type ExportFormat = (typeof exportFormats)[number];

/** What follows the stem in a file's name. */
export const exportEnding: Readonly<Record<ExportFormat, string>> = {
  nifti: 'mask.nii.gz',
  'dicom-seg': 'seg.dcm',
  png: 'masks.zip',
  csv: 'lesions.csv',
  probability: 'probability.nii.gz',
};

/** Formats that repeat the patient's and the study's identity, because without it nobody could file them. */
export const holdsPatientData = (format: ExportFormat) => format === 'dicom-seg';

/** What can be made of a result: outputs in DICOM need a DICOM input. */
export function exportFormatsFor(origin: 'picture' | 'nifti' | 'volume' | 'dicom'): readonly ExportFormat[] {
  if (origin === 'picture') return [];
  return exportFormats.filter((format) => origin === 'dicom' || !holdsPatientData(format));
}

/** What they are made of. */
export interface Result {
  /** What the outputs are called after, for titles inside them. */
  readonly stem: string;
  readonly volume: Volume;
  readonly map: ProbabilityMap;
  readonly mask: Mask;
  readonly lesions: readonly Lesion[];
  readonly about: MaskProvenance;
}
