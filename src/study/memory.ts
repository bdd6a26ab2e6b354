/** What of a long list of files is kept: handles always, pixels of the file on screen and its neighbours, results as far as they fit. */
import type { OpenedFile } from './OpenedFile.svelte';

/** A thousand 256² slices by both networks; a page may use more, but other tabs live here too. */
const mapBudgetBytes = 512 * 2 ** 20;

/** Neighbours are kept decoded, so that stepping does not wait; a volume is too large for that. */
export function neighbours(files: readonly OpenedFile[], current: OpenedFile): readonly OpenedFile[] {
  const at = files.indexOf(current);
  return [files[at + 1], files[at - 1]].filter((file) => file !== undefined).filter((file) => file.isPicture);
}

/** @param seen  files in the order in which they were last looked at, latest last */
export function trim(files: readonly OpenedFile[], current: OpenedFile, seen: readonly OpenedFile[]) {
  const kept = [current, ...neighbours(files, current)];
  for (const file of files) if (!kept.includes(file)) file.releaseVolume();

  let bytes = files.reduce((sum, file) => sum + file.mapBytes, 0);
  for (const file of seen) {
    if (bytes <= mapBudgetBytes) return;
    if (file === current) continue;
    bytes -= file.mapBytes;
    file.releaseMaps();
  }
}
