/** The whole result, of a volume in the input's own space: one file a network and format. */
import { exportEnding, type ExportFormat, type Result } from '../domain/exportFormat';
import type { Volume } from '../domain/volume';
import { namelessWarningText } from '../domain/warnings';
import { backendWarnings } from '../models/maskProvenance';
import { provenanceOf, reviewedMask, type Answer } from './answers';
import { agreementWith, binary, downloadName, modelPart, type Download } from './downloads';
import type { OpenedFile } from './OpenedFile.svelte';
import type { Study } from './Study.svelte';

const mediaTypes: Readonly<Record<ExportFormat, string>> = {
  nifti: 'application/gzip',
  'dicom-seg': 'application/dicom',
  rtstruct: 'application/dicom',
  png: 'application/zip',
  stl: 'model/stl',
  csv: 'text/csv',
  report: 'text/html',
  probability: 'application/gzip',
};

/** Whether the buttons save the whole in the patient's space; of what lies nowhere they save the slice on screen as a picture. */
export const isPlaced = ({ grid }: Volume): boolean => grid.space.kind === 'patient';

/** Rejected lesions have left the mask and the list; the others keep their numbers. */
function resultOf(study: Study, answer: Answer, stem: string, volume: Volume): Result {
  return {
    ...{ stem, volume, map: answer.segmented.map, mask: reviewedMask(answer), lesions: answer.lesions },
    about: provenanceOf(answer),
    agreement: agreementWith(study, answer),
    warnings: [...backendWarnings(answer.segmented.backend), ...study.inputWarnings].map(namelessWarningText),
  };
}

export async function exportDownloads(
  study: Study,
  file: OpenedFile,
  format: ExportFormat,
): Promise<readonly Download[]> {
  const { volume } = file;
  if (!volume) return [];
  // All at once: by the time that the first is written, another file may be on screen.
  const wanted = study.lesions.answers.map((answer) => ({
    name: downloadName(file.stem, modelPart(study, answer), exportEnding[format]),
    result: resultOf(study, answer, file.stem, volume),
  }));
  const made: Download[] = [];
  // One after the other: each sends the whole volume to the worker.
  for (const { name, result } of wanted) {
    const { bytes } = await study.client.run('export', { format, result });
    made.push(binary(name, bytes, mediaTypes[format]));
  }
  return made;
}
