/** DICOM RT Structure Set (PS3.3 A.19): one ROI a lesion, as contours in the patient on the source's own slices. */
import { type Affine } from '../domain/grid';
import { madeText, type MaskProvenance } from '../domain/provenance';
import type { DicomOrigin } from '../domain/scan';
import { affineOf, toRas } from '../domain/spacing';
import type { Lesion, Mask } from '../domain/volume';
import { algorithmType, dicomDate, dicomTime, equipment, identityNotes, patientAndStudy } from './dicomIdentity';
import { imageReference, instanceReferences, toLps } from './dicomReferences';
import { decimal, decimals, element, type Element, newUid, writeDicom } from './dicomWriter';
import { lesionColour } from './lesionColours';
import { lesionContours, type SliceOutlines } from './lesionContours';
import type { Outline } from './pixelOutlines';

const structureSetStorage = '1.2.840.10008.5.1.4.1.1.481.3';
/** Detached Study Management: what RT objects refer to as the study (retired, and still the custom). */
const studyManagement = '1.2.840.10008.3.1.2.3.1';

/**
 * Contours run along the edges of the voxels, so that they enclose the area of the voxels and a single voxel is a
 * square. Holes are keyholes (PS3.3 C.8.8.6.3), which every reader of CLOSED_PLANAR fills right; CLOSED_PLANAR_XOR is
 * younger, and not read by all. Without any lesion there is one ROI, which says so and has no contour.
 *
 * Implicit VR: with explicit VR a contour would end at 65534 bytes (PS3.3 C.8.8.6, note on Contour Data).
 *
 * @param mask     k runs through `origin.slices`; where a slice is missing nothing is written
 * @param lesions  those of the mask
 * @param now      date and time of the structure set
 * @throws RangeError for a mask without a place in the patient
 */
export function encodeRtStruct(
  mask: Mask,
  lesions: readonly Lesion[],
  origin: DicomOrigin,
  about: MaskProvenance,
  now: Date,
): Uint8Array {
  const affine = affineOf(mask.grid);
  if (!affine) throw new RangeError('An RT Structure Set needs the place of its contours in the patient.');
  const contours = lesionContours(mask).filter(({ k }) => origin.slices[k] !== undefined);
  const rois = roisOf(lesions);
  const instance = newUid();
  return writeDicom(
    structureSetStorage,
    instance,
    [
      ...patientAndStudy(origin),
      ...equipment(about),
      ...general(instance, origin, about, now),
      element(0x30060010, 'SQ', [referencedFrame(origin)]),
      element(0x30060020, 'SQ', rois.map((roi) => structureSetRoi(roi, origin, about))), // prettier-ignore
      element(0x30060039, 'SQ', rois.map((roi, n) => roiContours(roi, n, contours, affine, origin))), // prettier-ignore
      element(0x30060080, 'SQ', rois.map(observation)),
    ],
    'implicit',
  );
}

interface Roi {
  /** A lesion's id, which is the label in the mask. */
  readonly number: number;
  readonly name: string;
  readonly description: string;
  /** Undefined where nothing was found. */
  readonly volumeMm3: number | undefined;
}

function roisOf(lesions: readonly Lesion[]): readonly Roi[] {
  if (lesions.length === 0) {
    return [{ number: 1, name: 'No lesion found', description: 'No contour', volumeMm3: undefined }];
  }
  return lesions.map(({ id, extent, meanProbability, maxProbability }) => ({
    number: id,
    name: `Lesion ${id}`,
    description: `Lesion candidate, probability: mean ${meanProbability.toFixed(2)}, peak ${maxProbability.toFixed(2)}`,
    volumeMm3: extent?.volumeMm3,
  }));
}

/** RT Series, Structure Set, Approval and SOP Common (PS3.3 C.8.8.1, C.8.8.5, C.8.8.16, C.12.1). */
function general(instance: string, origin: DicomOrigin, about: MaskProvenance, now: Date): Element[] {
  return [
    element(0x00080016, 'UI', structureSetStorage),
    element(0x00080018, 'UI', instance),
    element(0x00080060, 'CS', 'RTSTRUCT'),
    element(0x0008103e, 'LO', 'metsight: brain lesions (research use only)'),
    element(0x00081070, 'PN'),
    element(0x0020000e, 'UI', newUid()),
    element(0x00200011, 'IS', '9002'),
    element(0x00200013, 'IS', '1'),
    element(0x30060002, 'SH', 'metsight'),
    element(0x30060004, 'LO', about.modelId.slice(0, 64)),
    element(
      0x30060006,
      'ST',
      [`metsight ${about.programVersion}: ${madeText(about)}. ${about.notice}`, ...identityNotes(origin)]
        .join(' ')
        .slice(0, 1024),
    ),
    element(0x30060008, 'DA', dicomDate(now)),
    element(0x30060009, 'TM', dicomTime(now)),
    element(0x300e0002, 'CS', 'UNAPPROVED'),
  ];
}

function referencedFrame(origin: DicomOrigin): Element[] {
  const series = [
    element(0x0020000e, 'UI', origin.seriesInstanceUid),
    element(0x30060016, 'SQ', instanceReferences(origin)),
  ];
  const study = [
    element(0x00081150, 'UI', studyManagement),
    element(0x00081155, 'UI', origin.studyInstanceUid),
    element(0x30060014, 'SQ', [series]),
  ];
  return [element(0x00200052, 'UI', origin.frameOfReferenceUid), element(0x30060012, 'SQ', [study])];
}

function structureSetRoi({ number, name, description, volumeMm3 }: Roi, origin: DicomOrigin, about: MaskProvenance) {
  return [
    element(0x30060022, 'IS', String(number)),
    element(0x30060024, 'UI', origin.frameOfReferenceUid),
    element(0x30060026, 'LO', name),
    element(0x30060028, 'ST', description),
    // In cm³.
    ...(volumeMm3 === undefined ? [] : [element(0x3006002c, 'DS', decimal(volumeMm3 / 1000))]),
    element(0x30060036, 'CS', algorithmType(about)),
    element(0x30060038, 'LO', `${about.modelId} ${about.weightsSha256.slice(0, 12)}`.slice(-64)),
  ];
}

function roiContours(
  { number }: Roi,
  n: number,
  contours: readonly SliceOutlines[],
  affine: Affine,
  origin: DicomOrigin,
): Element[] {
  const own = contours.filter(({ id }) => id === number);
  const items = own.flatMap(({ k, outlines }) => outlines.map((outline) => contour(outline, k, affine, origin)));
  return [
    element(0x30060084, 'IS', String(number)),
    element(0x3006002a, 'IS', lesionColour(n).join('\\')),
    ...(items.length > 0 ? [element(0x30060040, 'SQ', items)] : []),
  ];
}

function contour(outline: Outline, k: number, affine: Affine, origin: DicomOrigin): Element[] {
  const source = origin.slices[k];
  const points = Array.from({ length: outline.length / 2 }, (_, n) => {
    // Voxel centres are at whole numbers, their corners half-way between.
    const corner = [outline[2 * n]! - 0.5, outline[2 * n + 1]! - 0.5, k] as const;
    return toLps(toRas(affine, corner)).map(roundedMm);
  });
  return [
    ...(source ? [element(0x30060016, 'SQ', [imageReference(source)])] : []),
    element(0x30060042, 'CS', 'CLOSED_PLANAR'),
    element(0x30060046, 'IS', String(points.length)),
    element(0x30060050, 'DS', decimals(points.flat())),
  ];
}

/** A hundredth of a micrometre: short enough for thousands of points, far below any voxel. */
const roundedMm = (mm: number) => Number(mm.toFixed(5));

/** RT ROI Observations (PS3.3 C.8.8.8). No interpreted type: whether a candidate is a target is for a person to say. */
const observation = ({ number, name }: Roi, n: number): Element[] => [
  element(0x30060082, 'IS', String(n + 1)),
  element(0x30060084, 'IS', String(number)),
  element(0x30060085, 'SH', name.slice(0, 16)),
  element(0x300600a4, 'CS'),
  element(0x300600a6, 'PN'),
];
