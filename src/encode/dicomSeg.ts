/** DICOM Segmentation (PS3.3 A.51): one binary segment on the source's own slices. */
import type { Affine } from '../domain/grid';
import { madeText, type MaskProvenance, parametersText, reviewText } from '../domain/provenance';
import type { DicomOrigin, SliceReference } from '../domain/scan';
import { affineOf, sliceDistanceMm, spacingOf, toRas } from '../domain/spacing';
import type { Mask } from '../domain/volume';
import { algorithmType, code, dicomDate, dicomTime, equipment, identityNotes, patientAndStudy } from './dicomIdentity';
import { imageReference, instanceReferences, toLps } from './dicomReferences';
import { decimal, decimals, element, type Element, newUid, writeDicom } from './dicomWriter';

const segmentationStorage = '1.2.840.10008.5.1.4.1.1.66.4';

/**
 * Frames are the slices that hold lesion; without any, the first slice, all zero, since a SEG has at least one frame.
 *
 * @param mask    k runs through `origin.slices`
 * @param now     content date and time
 * @throws RangeError for a mask without a place in the patient
 */
export function encodeDicomSeg(mask: Mask, origin: DicomOrigin, about: MaskProvenance, now: Date): Uint8Array {
  const affine = affineOf(mask.grid);
  if (!affine) throw new RangeError('A SEG needs the place of its frames in the patient.');
  const [columns, rows] = mask.grid.dims;
  const frames = framesOf(mask, origin);
  const instance = newUid();
  return writeDicom(segmentationStorage, instance, [
    ...patientAndStudy(origin),
    ...equipment(about),
    ...general(instance, origin, about, now),
    ...pixels(mask, frames, columns, rows),
    ...segment(about),
    ...dimensions(affine, frames, origin),
    element(0x00081115, 'SQ', [
      [element(0x0008114a, 'SQ', instanceReferences(origin)), element(0x0020000e, 'UI', origin.seriesInstanceUid)],
    ]),
  ]);
}

/** Slices k, rising. */
function framesOf(mask: Mask, origin: DicomOrigin): readonly number[] {
  const [columns, rows, slices] = mask.grid.dims;
  const size = columns * rows;
  const holds = (k: number) => mask.labels.subarray(k * size, (k + 1) * size).some((label) => label > 0);
  const all = Array.from({ length: slices }, (_, k) => k).filter((k) => origin.slices[k] !== undefined);
  const found = all.filter(holds);
  return found.length > 0 ? found : all.slice(0, 1);
}

function general(instance: string, origin: DicomOrigin, about: MaskProvenance, now: Date): Element[] {
  return [
    element(0x00080008, 'CS', 'DERIVED\\PRIMARY'),
    element(0x00080016, 'UI', segmentationStorage),
    element(0x00080018, 'UI', instance),
    element(0x00080023, 'DA', dicomDate(now)),
    element(0x00080033, 'TM', dicomTime(now)),
    element(0x00080060, 'CS', 'SEG'),
    element(0x0008103e, 'LO', 'metsight: brain lesions (research use only)'),
    // Derivation Description (PS3.3 C.7.6.1): all of it, where an LO ends at 64 characters and an ST at 1024 (PS3.5 §6.2).
    element(
      0x00082111,
      'ST',
      [`metsight ${about.programVersion}: ${madeText(about)}.`, ...identityNotes(origin)].join(' ').slice(0, 1024),
    ),
    element(0x0020000e, 'UI', newUid()),
    element(0x00200011, 'IS', '9001'),
    element(0x00200013, 'IS', '1'),
    element(0x00620001, 'CS', 'BINARY'),
    element(0x00700080, 'CS', 'LESIONS'),
    element(0x00700081, 'LO', [`p >= ${about.threshold}`, about.backend, ...reviewText(about)].join(', ').slice(0, 64)),
    element(0x00700084, 'PN'),
  ];
}

function pixels(mask: Mask, frames: readonly number[], columns: number, rows: number): Element[] {
  const size = columns * rows;
  const bits = new Uint8Array(Math.ceil((frames.length * size) / 8));
  frames.forEach((k, frame) => {
    for (let n = 0; n < size; n++) {
      if (mask.labels[k * size + n]! === 0) continue;
      const bit = frame * size + n;
      bits[bit >> 3]! |= 1 << (bit & 7); // PS3.5 §8.1.1: the first pixel in the lowest bit, frames run on
    }
  });
  return [
    element(0x00280002, 'US', [1]),
    element(0x00280004, 'CS', 'MONOCHROME2'),
    element(0x00280008, 'IS', String(frames.length)),
    element(0x00280010, 'US', [rows]),
    element(0x00280011, 'US', [columns]),
    element(0x00280100, 'US', [1]),
    element(0x00280101, 'US', [1]),
    element(0x00280102, 'US', [0]),
    element(0x00280103, 'US', [0]),
    element(0x00282110, 'CS', '00'),
    element(0x7fe00010, 'OB', bits),
  ];
}

/** Segment Identification (PS3.3 C.8.20.2). */
function segment(about: MaskProvenance): Element[] {
  const algorithm = [
    element(0x00660036, 'LO', about.modelId.slice(0, 64)),
    element(0x0066002f, 'SQ', [code('123110', 'DCM', 'Artificial Intelligence')]),
    // Algorithm Parameters (PS3.3 10.16), an LT.
    element(0x00660032, 'LT', parametersText(about)),
    element(0x00660031, 'LO', `${about.programVersion}, weights ${about.weightsSha256.slice(0, 12)}`),
  ];
  return [
    element(0x00620002, 'SQ', [
      [
        element(0x00620003, 'SQ', [code('49755003', 'SCT', 'Morphologically Abnormal Structure')]),
        element(0x00620004, 'US', [1]),
        element(0x00620005, 'LO', 'Lesion candidates'),
        element(0x00620006, 'ST', about.notice.slice(0, 1024)),
        element(0x00620007, 'SQ', [algorithm]),
        element(0x00620008, 'CS', algorithmType(about)),
        element(0x00620009, 'LO', about.modelId.slice(0, 64)),
        element(0x0062000f, 'SQ', [code('52988006', 'SCT', 'Lesion')]),
        element(0x00082218, 'SQ', [code('12738006', 'SCT', 'Brain')]),
      ],
    ]),
  ];
}

/** Multi-frame dimensions and functional groups (PS3.3 C.7.6.16, C.7.6.17). */
function dimensions(affine: Affine, frames: readonly number[], origin: DicomOrigin): Element[] {
  const organisation = newUid();
  const [si, sj] = spacingOf(affine);
  const sliceMm = sliceDistanceMm(affine, 2);
  const direction = (axis: 0 | 1, length: number) => toLps(affine.map((row) => row[axis] / length));
  const index = (pointer: number, group: number) => [
    element(0x00209164, 'UI', organisation),
    element(0x00209165, 'AT', [pointer]),
    element(0x00209167, 'AT', [group]),
  ];
  return [
    element(0x00209221, 'SQ', [[element(0x00209164, 'UI', organisation)]]),
    element(0x00209222, 'SQ', [index(0x0062000b, 0x0062000a), index(0x00200032, 0x00209113)]),
    element(0x52009229, 'SQ', [
      [
        element(0x00209116, 'SQ', [[element(0x00200037, 'DS', decimals([...direction(0, si), ...direction(1, sj)]))]]),
        element(0x00289110, 'SQ', [
          [
            element(0x00180050, 'DS', decimal(sliceMm)),
            element(0x00180088, 'DS', decimal(sliceMm)),
            element(0x00280030, 'DS', decimals([sj, si])),
          ],
        ]),
      ],
    ]),
    element(
      0x52009230,
      'SQ',
      frames.map((k, frame) => frameGroups(toLps(toRas(affine, [0, 0, k])), frame, origin.slices[k])),
    ),
  ];
}

function frameGroups(position: readonly number[], frame: number, source: SliceReference | undefined): Element[] {
  return [
    ...(source ? [derivation(source)] : []),
    element(0x00209111, 'SQ', [[element(0x00209157, 'UL', [1, frame + 1])]]),
    element(0x00209113, 'SQ', [[element(0x00200032, 'DS', decimals(position))]]),
    element(0x0062000a, 'SQ', [[element(0x0062000b, 'US', [1])]]),
  ];
}

const derivation = (source: SliceReference) =>
  element(0x00089124, 'SQ', [
    [
      element(0x00082112, 'SQ', [
        [
          ...imageReference(source),
          element(0x0040a170, 'SQ', [code('121322', 'DCM', 'Source image for image processing operation')]),
        ],
      ]),
      element(0x00089215, 'SQ', [code('113076', 'DCM', 'Segmentation')]),
    ],
  ]);
