/** The files in which a whole result is taken away, by their names on the command line. */
import type { Agreement } from './agreement';
import type { MaskProvenance } from './provenance';
import type { DicomOrigin } from './scan';
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

/** Of a picture, one file a page. */
export const pictureEnding = { mask: 'mask.png', probability: 'probability.png' } as const;

/** What was found and how, beside all of these. */
export const reportEnding = 'json';

/** Formats that repeat the patient's and the study's identity, because without it nobody could file them. */
export const holdsPatientData = (format: ExportFormat) => format === 'dicom-seg' || format === 'rtstruct';

type Input = Pick<Volume, 'origin' | 'grid'>;

/** What can be made of a result. */
export const exportFormatsFor = (input: Input): readonly ExportFormat[] =>
  exportFormats.filter((format) => lackingFor(format, input) === undefined);

/** What the input would have to be for this format, as a noun phrase; undefined: it can be made. */
export function lackingFor(format: ExportFormat, { origin, grid }: Input): string | undefined {
  if (format === 'csv' || format === 'report') return undefined;
  const isPlaced = grid.space.kind === 'patient';
  if (holdsPatientData(format)) {
    if (origin.kind !== 'dicom' || !isPlaced) return 'a DICOM input whose slices say where they lie';
    return isNamed(origin) ? undefined : 'a DICOM input whose study, series, frame of reference and images have UIDs';
  }
  return origin.kind === 'picture' || (format === 'stl' && !isPlaced) ? 'millimetres' : undefined;
}

/** Whether all that a SEG or RTSTRUCT refers to has a name: without one a PACS refuses it, or files it anywhere. */
function isNamed({ studyInstanceUid, seriesInstanceUid, frameOfReferenceUid, slices }: DicomOrigin): boolean {
  const uids = slices.flatMap((slice) => (slice ? [slice.sopClassUid, slice.sopInstanceUid] : []));
  return [studyInstanceUid, seriesInstanceUid, frameOfReferenceUid, ...uids].every((uid) => uid !== '');
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
  /** Of other networks that have looked at the same volume; undefined where there is none. */
  readonly agreement?: Agreement | undefined;
  /** Sentences: readable oddities of the input, and of how this network ran. */
  readonly warnings: readonly string[];
}
