/** A format's seeds. */
import { readFileSync } from 'node:fs';
import { compressedDicomSeeds, dicomSeeds } from './dicomSeeds';
import { pictureSeeds } from './pictureSeeds';
import type { Format, Seed } from './seed';
import { analyzeSeeds, metaImageSeeds, mghSeeds, niftiSeeds, nrrdSeeds } from './volumeSeeds';
import { zipSeeds } from './zipSeeds';

const read = (path: string) => new Uint8Array(readFileSync(new URL(path, import.meta.url)));
const fixture = (file: string) => read(`../decode/fixtures/${file}`);

export function seedsOf(format: Format): readonly Seed[] {
  switch (format) {
    case 'png':
    case 'jpeg':
    case 'webp':
    case 'tiff':
      return pictureSeeds(format, fixture);
    case 'nifti':
      return niftiSeeds();
    case 'analyze':
      return analyzeSeeds();
    case 'nrrd':
      return nrrdSeeds();
    case 'metaimage':
      return metaImageSeeds();
    case 'mgh':
      return mghSeeds();
    case 'dicom':
      return dicomSeeds();
    case 'dicom-compressed':
      return compressedDicomSeeds((file) => read(`./seeds/${file}`));
    case 'zip':
      return zipSeeds(fixture);
  }
}
