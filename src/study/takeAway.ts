/** What the buttons save: of a picture the page on screen as PNG, of a volume the whole of it in the input's own space; all lesions of either. */
import { maskDownloads, probabilityDownloads, reportDownloads, type Download } from './downloads';
import type { OpenedFile } from './OpenedFile.svelte';
import type { Study } from './Study.svelte';
import { exportDownloads, isPlaced } from './volumeExports';

export type LesionFormat = 'csv' | 'json';

const isVolume = ({ volume }: OpenedFile) => volume !== undefined && isPlaced(volume);

export const takeMask = (study: Study, file: OpenedFile): Promise<readonly Download[]> =>
  isVolume(file) ? exportDownloads(study, file, 'nifti') : maskDownloads(study, file);

export const takeProbability = (study: Study, file: OpenedFile): Promise<readonly Download[]> =>
  isVolume(file) ? exportDownloads(study, file, 'probability') : probabilityDownloads(study, file);

export const takeLesions = async (
  study: Study,
  file: OpenedFile,
  format: LesionFormat,
): Promise<readonly Download[]> =>
  format === 'csv' ? exportDownloads(study, file, 'csv') : reportDownloads(study, file);
