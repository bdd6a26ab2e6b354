/** Where one frame lies, and what tells the volumes of a series apart: from functional groups, else from the instance. */
import type { DataSet } from 'dicom-parser';
import type { Vector } from '../patientSpace';
import { doubles, functionalGroup, item, number, numbers, text, texts } from './attributes';
import { tag } from './tags';

/** In the patient, millimetres, DICOM's frame (LPS). */
export interface FramePlane {
  /** Centre of the first pixel. */
  readonly position: Vector;
  /** Direction in which the column index rises, and the row index; of length 1. */
  readonly alongRow: Vector;
  readonly alongColumn: Vector;
  /** Between rows, and between columns (PS3.3 10.7.1.3). */
  readonly pixelSpacing: readonly [row: number, col: number];
}

export interface FrameFacts {
  /** undefined where the header does not give all of it. */
  readonly plane: FramePlane | undefined;
  /** Of a single slice, its extent along the normal: SpacingBetweenSlices, else SliceThickness. */
  readonly thicknessMm: number | undefined;
  readonly component: 'magnitude' | 'phase' | 'real' | 'imaginary';
  readonly echoTimeMs: number | undefined;
  /** Tried in this order where one place has several frames; the value as text, undefined where it is not given. */
  readonly distinctions: Readonly<Record<Distinction, string | undefined>>;
}

export const distinctions = [
  'temporal position',
  'b-value',
  'gradient direction',
  'stack',
  'echo number',
  'inversion time',
  'flip angle',
  'contrast agent',
  'image type',
  'trigger time',
  'acquisition number',
  'acquisition time',
  'content time',
] as const;

export type Distinction = (typeof distinctions)[number];

export function frameFacts(dataSet: DataSet, frame: number): FrameFacts {
  const group = (sequence: string) => functionalGroup(dataSet, frame, sequence);
  const measures = group(tag.pixelMeasuresSequence);
  const content = group(tag.frameContentSequence);
  const echo = group(tag.echoSequence);
  const diffusion = group(tag.diffusionSequence);
  const frameType = group(tag.imageFrameTypeSequence);
  const imageType = texts(frameType, frameType === dataSet ? tag.imageType : tag.frameType);
  const spacing = Math.abs(number(measures, tag.spacingBetweenSlices) ?? 0);
  return {
    plane: framePlane(dataSet, frame),
    thicknessMm: spacing || number(measures, tag.sliceThickness) || undefined,
    component: componentOf(text(frameType, tag.complexImageComponent), imageType),
    echoTimeMs: doubles(echo, tag.effectiveEchoTime)?.[0] ?? number(dataSet, tag.echoTime),
    distinctions: {
      'temporal position': unsigned(content, tag.temporalPositionIndex) ?? text(dataSet, tag.temporalPosition),
      'b-value': doubles(diffusion, tag.bValue)?.join(),
      'gradient direction': doubles(
        item(diffusion, tag.gradientDirectionSequence) ?? diffusion,
        tag.gradientDirection,
      )?.join(),
      stack: text(content, tag.stackId),
      'echo number': text(dataSet, tag.echoNumbers),
      'inversion time':
        doubles(group(tag.modifierSequence), tag.inversionTimes)?.join() ?? text(dataSet, tag.inversionTime),
      'flip angle': text(group(tag.timingSequence), tag.flipAngle),
      'contrast agent':
        [text(dataSet, tag.contrastAgent), text(group(tag.contrastUsageSequence), tag.contrastAdministered)]
          .filter(Boolean)
          .join() || undefined,
      'image type': imageType.join('\\'),
      'trigger time': text(dataSet, tag.triggerTime),
      'acquisition number': unsigned(content, tag.frameAcquisitionNumber) ?? text(dataSet, tag.acquisitionNumber),
      'acquisition time': text(dataSet, tag.acquisitionTime),
      'content time': text(dataSet, tag.contentTime),
    },
  };
}

/** Positions and spacings beyond this are no patient's. */
const farthestMm = 1e5;

/** |cos| of the two in-plane directions, and how far their lengths may be from 1: rounded to two decimals they pass. */
const directionTolerance = 0.02;

/** A classic image of several frames has one place for all of them: that of none, or of the first alone. */
const isPlacedOnce = (dataSet: DataSet) =>
  (number(dataSet, tag.numberOfFrames) ?? 1) > 1 &&
  !item(dataSet, tag.perFrameFunctionalGroups) &&
  !item(dataSet, tag.sharedFunctionalGroups);

export function framePlane(dataSet: DataSet, frame: number): FramePlane | undefined {
  if (isPlacedOnce(dataSet)) return undefined;
  const group = (sequence: string) => functionalGroup(dataSet, frame, sequence);
  const position = numbers(group(tag.planePositionSequence), tag.imagePosition);
  const orientation = numbers(group(tag.planeOrientationSequence), tag.imageOrientation);
  const spacing = numbers(group(tag.pixelMeasuresSequence), tag.pixelSpacing);
  if (position?.length !== 3 || orientation?.length !== 6 || spacing?.length !== 2) return undefined;
  const [x, y, z, rowSpacing, colSpacing] = [...position, ...spacing] as [number, number, number, number, number];
  const [a, b, c, d, e, f] = orientation as [number, number, number, number, number, number];
  const isSound =
    [x, y, z, rowSpacing, colSpacing].every((value) => Math.abs(value) <= farthestMm) &&
    rowSpacing > 0 &&
    colSpacing > 0 &&
    Math.abs(lengthOf([a, b, c]) - 1) <= directionTolerance &&
    Math.abs(lengthOf([d, e, f]) - 1) <= directionTolerance &&
    Math.abs(a * d + b * e + c * f) <= directionTolerance;
  if (!isSound) return undefined;
  return {
    position: [x, y, z],
    // As stored they would stretch the pixels by what they were rounded by.
    alongRow: unit([a, b, c]),
    alongColumn: unit([d, e, f]),
    pixelSpacing: [rowSpacing, colSpacing],
  };
}

/** Not by Math.hypot, as in `spacingOf`. */
const lengthOf = ([x, y, z]: Vector) => Math.sqrt(x ** 2 + y ** 2 + z ** 2);

function unit(vector: Vector): Vector {
  const length = lengthOf(vector);
  return [vector[0] / length, vector[1] / length, vector[2] / length];
}

const unsigned = (dataSet: DataSet, name: string) =>
  (dataSet.elements[name]?.length ?? 0) >= 4 ? dataSet.uint32(name)?.toString() : undefined;

/** C.8.13.3.1.1 for enhanced images; by custom in classic ones, where value 3 or a later one says it. */
function componentOf(complex: string | undefined, imageType: readonly string[]): FrameFacts['component'] {
  const words = [complex, ...imageType.slice(2)];
  const has = (...names: string[]) => words.some((word) => names.includes(word ?? ''));
  if (has('PHASE', 'P', 'PHASE MAP')) return 'phase';
  if (has('REAL', 'R')) return 'real';
  if (has('IMAGINARY', 'I')) return 'imaginary';
  return 'magnitude';
}
