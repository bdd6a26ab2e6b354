/** What a DICOM object is, told from its SOP class and modality: only MR images are read. */

export type DicomObject =
  | { readonly kind: 'image' }
  /** Lies beside images and is none: `found` with its article. */
  | { readonly kind: 'companion'; readonly found: string };

const privateObject = 'a private object of its maker (DICOM)';

/** PS3.4 B.5, by the beginning of the UID; first match wins. */
const companions: readonly (readonly [uid: string, found: string])[] = [
  ['1.2.840.10008.1.3.10', 'a directory of DICOM files (DICOMDIR)'],
  ['1.2.840.10008.5.1.4.1.1.66', 'raw data or a registration (DICOM)'],
  ['1.2.840.10008.5.1.4.1.1.481.3', 'a set of contours (RT structure set)'],
  ['1.2.840.10008.5.1.4.1.1.481', 'a radiotherapy object (DICOM RT)'],
  ['1.2.840.10008.5.1.4.1.1.88', 'a report (DICOM SR)'],
  ['1.2.840.10008.5.1.4.1.1.104', 'a document (DICOM)'],
  ['1.2.840.10008.5.1.4.1.1.11', 'a presentation state (DICOM)'],
  ['1.2.840.10008.5.1.4.1.1.9', 'a waveform (DICOM)'],
  ['1.2.840.10008.5.1.4.1.1.4.2', 'MR spectroscopy (DICOM)'],
  ['1.2.840.10008.5.1.4.1.1.30', 'a parametric map (DICOM)'],
  ['1.2.840.10008.5.1.4.38', 'a hanging protocol (DICOM)'],
  // Beside every series that Philips and Siemens send whole: examination cards, raw data, spectra.
  ['1.3.46.670589.11.0.0.12', privateObject],
  ['1.3.12.2.1107.5.9.1', privateObject],
];

const segmentation = '1.2.840.10008.5.1.4.1.1.66.4';

export function objectOf(sopClassUid: string): DicomObject {
  if (sopClassUid === segmentation) return { kind: 'image' };
  const companion = companions.find(([uid]) => sopClassUid === uid || sopClassUid.startsWith(`${uid}.`));
  return companion ? { kind: 'companion', found: companion[1] } : { kind: 'image' };
}

/** Classes of their makers' own; PS3.4 has its under this root. */
export const isPrivateClass = (sopClassUid: string) => !sopClassUid.startsWith('1.2.840.10008.');

const mrImages = /^1\.2\.840\.10008\.5\.1\.4\.1\.1\.4(\.[13])?$/;

/**
 * What an object without pixels is; undefined for one that should have some, and is damaged.
 *
 * @param hasRows  its header speaks of a picture
 */
export function pixelless(sopClassUid: string | undefined, hasRows: boolean): string | undefined {
  if (sopClassUid === undefined) return undefined;
  if (isPrivateClass(sopClassUid)) return privateObject;
  return hasRows || mrImages.test(sopClassUid) ? undefined : 'an object without a picture (DICOM)';
}

/** PS3.3 C.7.3.1.1.1. */
const modalities: Record<string, string> = {
  CT: 'a CT image',
  PT: 'a PET image',
  NM: 'a nuclear medicine image',
  US: 'an ultrasound image',
  CR: 'a radiograph',
  DX: 'a radiograph',
  MG: 'a mammogram',
  XA: 'an angiogram',
  RF: 'a fluoroscopy image',
  SEG: 'a segmentation (DICOM SEG)',
  OT: 'an image of unknown modality',
  SC: 'a picture saved as DICOM (secondary capture), which does not say what it shows',
  XC: 'a photograph',
  ES: 'an endoscopy image',
  OP: 'a photograph of an eye',
  RTIMAGE: 'a radiotherapy image',
  RTDOSE: 'a radiotherapy dose',
};

/** @returns what an image is instead of MR, with its article; undefined for MR, and for a modality that is not given */
export function otherModality(modality: string | undefined, sopClassUid: string | undefined): string | undefined {
  if (/^1\.2\.840\.10008\.5\.1\.4\.1\.1\.2(\.[12])?$/.test(sopClassUid ?? '')) return modalities.CT;
  if (sopClassUid === segmentation) return modalities.SEG;
  if (modality === undefined || modality === 'MR') return undefined;
  return modalities[modality] ?? 'an image of another modality';
}
