/** What part of the body a DICOM file says it is of. */
import type { DataSet } from 'dicom-parser';
import { text } from './attributes';
import { tag } from './tags';

/** Codes of PS3.16 Annex L that cannot be a head, as scanners write them, in plain words. Any other says nothing. */
const elsewhere: Readonly<Record<string, string>> = {
  ABDOMEN: 'abdomen',
  ABDOMENPELVIS: 'abdomen and pelvis',
  ANKLE: 'ankle',
  ARM: 'arm',
  BLADDER: 'bladder',
  BREAST: 'breast',
  CALF: 'calf',
  CHEST: 'chest',
  CSPINE: 'cervical spine',
  ELBOW: 'elbow',
  EXTREMITY: 'an extremity',
  FINGER: 'finger',
  FOOT: 'foot',
  FOREARM: 'forearm',
  HAND: 'hand',
  HEART: 'heart',
  HIP: 'hip',
  HUMERUS: 'humerus',
  KIDNEY: 'kidney',
  KNEE: 'knee',
  LEG: 'leg',
  LIVER: 'liver',
  LSPINE: 'lumbar spine',
  LSSPINE: 'lumbar spine',
  PANCREAS: 'pancreas',
  PELVIS: 'pelvis',
  PROSTATE: 'prostate',
  SHOULDER: 'shoulder',
  SPINE: 'spine',
  SSPINE: 'sacral spine',
  THIGH: 'thigh',
  TOE: 'toe',
  TSPINE: 'thoracic spine',
  UTERUS: 'uterus',
  WRIST: 'wrist',
};

/** Why it is no head, by its own header: noun phrases, none where it does not say. Free text never gets out. */
export function bodyPartReasons(dataSet: DataSet): readonly string[] {
  const code = text(dataSet, tag.bodyPartExamined)
    ?.toUpperCase()
    .replaceAll(/[^A-Z]/g, '');
  const part = code !== undefined && Object.hasOwn(elsewhere, code) ? elsewhere[code] : undefined;
  return part === undefined ? [] : [`its header says: ${part}`];
}
