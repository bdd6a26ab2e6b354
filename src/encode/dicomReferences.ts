/** What a derived DICOM object says of the images it was made from: which they are, and where in the patient. */
import type { DicomOrigin, SliceReference } from '../domain/scan';
import { element, type Element } from './dicomWriter';

/** Image SOP Instance Reference (PS3.3 §10.3). */
export function imageReference({ sopClassUid, sopInstanceUid, frameNumber }: SliceReference): Element[] {
  return [
    element(0x00081150, 'UI', sopClassUid),
    element(0x00081155, 'UI', sopInstanceUid),
    ...(frameNumber === undefined ? [] : [element(0x00081160, 'IS', String(frameNumber))]),
  ];
}

/** An item for each instance of the series; one of many frames is named once, as a whole. */
export function instanceReferences({ slices }: DicomOrigin): Element[][] {
  const instances = new Map(slices.flatMap((slice) => (slice ? [[slice.sopInstanceUid, slice] as const] : [])));
  return [...instances.values()].map((slice) => imageReference({ ...slice, frameNumber: undefined }));
}

/** RAS and LPS differ in the sign of x and y. */
export const toLps = ([x = 0, y = 0, z = 0]: readonly number[]) => [-x, -y, z];
