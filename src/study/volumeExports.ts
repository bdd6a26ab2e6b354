/** The whole result of a volume, in the input's own space: one file a network and format. */
import { exportEnding, exportFormatsFor, type ExportFormat, type Result } from '../domain/exportFormat';
import type { Volume } from '../domain/volume';
import { maskProvenance } from '../models/maskProvenance';
import { reviewedMask, type Answer } from './answers';
import { binary, downloadName, modelPart, type Download } from './downloads';
import type { OpenedFile } from './OpenedFile.svelte';
import { programVersion } from './programVersion';
import type { Study } from './Study.svelte';

const mediaTypes: Readonly<Record<ExportFormat, string>> = {
  nifti: 'application/gzip',
  'dicom-seg': 'application/dicom',
  rtstruct: 'application/dicom',
  png: 'application/zip',
  stl: 'model/stl',
  csv: 'text/csv',
  probability: 'application/gzip',
};

/** A picture has files of its own: exports need the patient's space. */
export const exportsOf = (volume: Volume): readonly ExportFormat[] =>
  volume.grid.space.kind === 'patient' ? exportFormatsFor(volume) : [];

/** Rejected lesions have left the mask and the list; the others keep their numbers. */
function resultOf(answer: Answer, stem: string, volume: Volume): Result {
  const { manifest, map, backend, outline } = answer.segmented;
  const about = { manifest, rule: outline.rule, grid: volume.grid, backend, version: programVersion };
  return { stem, volume, map, mask: reviewedMask(answer), lesions: answer.lesions, about: maskProvenance(about) };
}

export async function exportDownloads(
  study: Study,
  file: OpenedFile,
  format: ExportFormat,
): Promise<readonly Download[]> {
  const { volume } = file;
  if (!volume) return [];
  const made: Download[] = [];
  // One after the other: each sends the whole volume to the worker.
  for (const answer of study.lesions.answers) {
    const name = downloadName(file.stem, modelPart(study, answer), exportEnding[format]);
    const { bytes } = await study.client.run('export', { format, result: resultOf(answer, file.stem, volume) });
    made.push(binary(name, bytes, mediaTypes[format]));
  }
  return made;
}
