/** A whole result as one file. */
import type { ExportFormat, Result } from '../domain/exportFormat';
import { encodeRtStruct } from '../encode/dicomRtStruct';
import { encodeDicomSeg } from '../encode/dicomSeg';
import { encodeReport } from '../encode/report';
import { lesionsCsv } from '../encode/lesionsCsv';
import { encodeMaskPngs } from '../encode/maskPngs';
import { encodeMaskNifti, encodeProbabilityNifti } from '../encode/nifti';
import { encodeStl } from '../encode/stl';

export { identityNotes } from '../encode/dicomIdentity';

/** @throws RangeError for a format that this input cannot have */
export function exportResult(format: ExportFormat, result: Result): Uint8Array {
  const { stem, volume, map, mask, lesions, about } = result;
  const { origin } = volume;
  switch (format) {
    case 'nifti':
      return encodeMaskNifti(mask, origin, about);
    case 'probability':
      return encodeProbabilityNifti(map, origin, about);
    case 'dicom-seg':
      if (origin.kind !== 'dicom') throw new RangeError('A DICOM SEG refers to DICOM images.');
      return encodeDicomSeg(mask, origin, about, new Date());
    case 'rtstruct':
      if (origin.kind !== 'dicom') throw new RangeError('An RT Structure Set refers to DICOM images.');
      return encodeRtStruct(mask, lesions, origin, about, new Date());
    case 'png':
      return encodeMaskPngs(mask, stem, about);
    case 'stl':
      return encodeStl(mask, about);
    case 'report':
      return new TextEncoder().encode(encodeReport(result, new Date()));
    case 'csv':
      return new TextEncoder().encode(lesionsCsv(result));
  }
}
