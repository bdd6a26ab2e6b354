import type { DataSet } from 'dicom-parser';
import type { DicomAttribute, DicomOrigin, SliceReference } from '../../domain/scan';
import { characterSetOf, text, valueText } from './attributes';
import { tag } from './tags';

/** What a SEG or RTSTRUCT repeats of patient and study: PS3.3 C.7.1.1, C.7.2.1, C.7.2.2 and C.7.4.1, with their representations. */
const repeated: readonly (readonly [tag: string, vr: string])[] = [
  ['00080020', 'DA'],
  ['00080030', 'TM'],
  ['00080050', 'SH'],
  ['00080090', 'PN'],
  ['00081030', 'LO'],
  ['00100010', 'PN'],
  ['00100020', 'LO'],
  ['00100021', 'LO'],
  ['00100030', 'DA'],
  ['00100040', 'CS'],
  ['00101010', 'AS'],
  ['00101030', 'DS'],
  ['00200010', 'SH'],
  ['00201040', 'LO'],
];

/**
 * @param dataSet  of any slice
 * @param slices   in the order of k
 */
export function dicomOrigin(dataSet: DataSet, slices: readonly (SliceReference | undefined)[]): DicomOrigin {
  const characterSet = characterSetOf(dataSet);
  const attributes = repeated.flatMap(([name, vr]): DicomAttribute[] => {
    const value = valueText(dataSet, `x${name.toLowerCase()}`, characterSet);
    return value === undefined ? [] : [{ tag: name, vr, value }];
  });
  return {
    kind: 'dicom',
    studyInstanceUid: text(dataSet, tag.studyInstanceUid) ?? '',
    seriesInstanceUid: text(dataSet, tag.seriesInstanceUid) ?? '',
    frameOfReferenceUid: text(dataSet, tag.frameOfReferenceUid) ?? '',
    slices,
    attributes,
  };
}
