/** The files in which a whole result is taken away, by their names on the command line. */
import type { MaskProvenance } from './provenance';
import type { Lesion, Mask, ProbabilityMap, Volume } from './volume';
export const exportFormats = ['nifti', 'dicom-seg', 'rtstruct', 'png', 'stl', 'csv', 'report', 'probability'] as const;

export type ExportFormat = (typeof exportFormats)[number];

/** What follows the stem in a file's name. */
export const exportEnding: Readonly<Record<ExportFormat, string>> = {
  nifti: 'mask.nii.gz',
  'dicom-seg': 'seg.dcm',
  rtstruct: 'rtstruct.dcm',
  png: 'masks.zip',
  stl: 'stl',
  csv: 'lesions.csv',
  report: 'report.html',
  probability: 'probability.nii.gz',
};

/** Formats that repeat the patient's and the study's identity, because without it nobody could file them. */
export const holdsPatientData = (format: ExportFormat) => format === 'dicom-seg' || format === 'rtstruct';

/** What can be made of a result: DICOM of a DICOM input whose slices say where they lie, a surface where there are millimetres. */
export function exportFormatsFor({ origin, grid }: Pick<Volume, 'origin' | 'grid'>): readonly ExportFormat[] {
  if (origin.kind === 'picture') return ['csv', 'report'];
  const isPlaced = grid.space.kind === 'patient';
  return exportFormats.filter((format) =>
    holdsPatientData(format) ? isPlaced && origin.kind === 'dicom' : format !== 'stl' || isPlaced,
  );
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
  /** Sentences: readable oddities of the input, and of how this network ran. */
  readonly warnings: readonly string[];
}
