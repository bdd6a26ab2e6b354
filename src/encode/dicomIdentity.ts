/** What a derived DICOM object repeats of its source, so that it is filed with it: patient, study, frame of reference. */
import type { DicomOrigin } from '../domain/scan';
import type { MaskProvenance } from '../domain/provenance';
import { element, type Element } from './dicomWriter';
import { allowedValue, type Allowed } from './dicomValues';

/** Type 2 (PS3.5 §7.4.3): must be there, may be empty. */
const mayBeEmpty: readonly (readonly [tag: number, vr: string])[] = [
  [0x00080020, 'DA'],
  [0x00080030, 'TM'],
  [0x00080050, 'SH'],
  [0x00080090, 'PN'],
  [0x00100010, 'PN'],
  [0x00100020, 'LO'],
  [0x00100030, 'DA'],
  [0x00100040, 'CS'],
  [0x00200010, 'SH'],
  [0x00201040, 'LO'],
];

export function patientAndStudy(origin: DicomOrigin): Element[] {
  const copied = repeatedOf(origin).flatMap(({ tag, vr, allowed }) =>
    allowed.kind === 'left-out' ? [] : [element(tag, vr, allowed.value)],
  );
  const missing = mayBeEmpty.filter(([tag]) => !copied.some((one) => one.tag === tag));
  return [
    ...copied,
    ...missing.map(([tag, vr]) => element(tag, vr)),
    element(0x0020000d, 'UI', origin.studyInstanceUid),
    element(0x00200052, 'UI', origin.frameOfReferenceUid),
  ];
}

const repeatedOf = ({ attributes }: DicomOrigin) =>
  attributes.map(({ tag, vr, value }) => {
    const number = parseInt(tag, 16);
    return { tag: number, vr, allowed: allowedValue(number, vr, value) };
  });

/** PS3.6: what may be repeated otherwise than it is written. */
const names: Readonly<Record<number, string>> = {
  0x00080020: 'Study Date',
  0x00080030: 'Study Time',
  0x00080050: 'Accession Number',
  0x00080090: "Referring Physician's Name",
  0x00081030: 'Study Description',
  0x00100010: "Patient's Name",
  0x00100020: 'Patient ID',
  0x00100021: 'Issuer of Patient ID',
  0x00100030: "Patient's Birth Date",
  0x00100040: "Patient's Sex",
  0x00101010: "Patient's Age",
  0x00101030: "Patient's Weight",
  0x00200010: 'Study ID',
  0x00201040: 'Position Reference Indicator',
};

/** What of the source could not be repeated as it is written, as a sentence without any value; none where all could. */
export function identityNotes(origin: DicomOrigin): readonly string[] {
  const changed = (kind: Allowed['kind']) =>
    repeatedOf(origin).flatMap(({ tag, allowed }) => (allowed.kind === kind ? [names[tag] ?? 'an attribute'] : []));
  const parts = [
    ...changed('left-out').map((name) => `${name} left out`),
    ...changed('changed').map((name) => `${name} brought into form`),
  ];
  return parts.length === 0 ? [] : [`Not valid DICOM in the source: ${parts.join(', ')}.`];
}

/** Enhanced General Equipment (PS3.3 C.7.5.2) and character set: this program's own, not the source's. */
export function equipment(about: MaskProvenance): Element[] {
  return [
    element(0x00080005, 'CS', 'ISO_IR 192'),
    element(0x00080070, 'LO', 'metsight'),
    element(0x00081090, 'LO', about.modelId.slice(0, 64)),
    element(0x00181000, 'LO', about.weightsSha256.slice(0, 64)),
    element(0x00181020, 'LO', about.programVersion.slice(0, 64)),
  ];
}

/**
 * Segment Algorithm Type (0062,0008; PS3.3 C.8.20.2) and ROI Generation Algorithm (3006,0036; PS3.3 C.8.8.5): both know
 * AUTOMATIC, SEMIAUTOMATIC and MANUAL.
 */
export const algorithmType = ({ rejectedCount }: MaskProvenance) =>
  rejectedCount === 0 ? 'AUTOMATIC' : 'SEMIAUTOMATIC';

const two = (value: number) => String(value).padStart(2, '0');

export const dicomDate = (now: Date) => `${now.getFullYear()}${two(now.getMonth() + 1)}${two(now.getDate())}`;

export const dicomTime = (now: Date) => `${two(now.getHours())}${two(now.getMinutes())}${two(now.getSeconds())}`;

/** A Code Sequence item (PS3.3 §8.8). */
export const code = (value: string, scheme: string, meaning: string): Element[] => [
  element(0x00080100, 'SH', value),
  element(0x00080102, 'SH', scheme),
  element(0x00080104, 'LO', meaning),
];
