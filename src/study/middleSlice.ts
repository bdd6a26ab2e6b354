/** The middle slice of a series as a Scan of its own: enough for its small picture, without reading the whole series. */
import type { Scan } from '../domain/scan';

/** @returns undefined where no slice can be taken out alone: only DICOM says which file holds which slice */
export function middleSlice(scan: Scan): Scan | undefined {
  if (scan.kind !== 'dicom') return undefined;
  const frames = scan.frames ?? scan.files.map((_, file) => ({ file, frame: 0 }));
  const present = frames.filter((frame) => frame !== undefined);
  const middle = present[Math.floor(present.length / 2)];
  const file = middle && scan.files[middle.file];
  if (!file) return undefined;
  return { ...scan, id: `${scan.id}, middle`, files: [file], frames: [{ file: 0, frame: middle.frame }], warnings: [] };
}
