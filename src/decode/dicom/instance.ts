/** What the survey keeps of one DICOM file. */
import type { DataSet } from 'dicom-parser';
import { PipelineFailure } from '../../domain/errors';
import type { NamedFile, Sequence } from '../../domain/scan';
import { callDecoder, corrupt, truncated } from '../failures';
import { namesLocalizer } from '../sequenceWords';
import { characterSetOf, number, text, texts, valueText } from './attributes';
import { frameFacts, type FrameFacts } from './frame';
import { format, readHeader } from './header';
import { objectOf, otherModality, pixelless } from './objects';
import { type PixelFormat, pixelFormat } from './pixelFormat';
import { guessSequence } from './sequence';
import { tag } from './tags';

export interface Instance {
  readonly file: NamedFile;
  readonly sopInstanceUid: string;
  /** Study, series and patient: only compared, never shown. */
  readonly series: string;
  readonly patient: string;
  readonly seriesNumber: number | undefined;
  readonly instanceNumber: number;
  readonly description: string;
  readonly sequence: Sequence;
  readonly isLocalizer: boolean;
  readonly rows: number;
  readonly columns: number;
  readonly frames: readonly FrameFacts[];
  /** Its place is known, its pixels are not: the file ends early, or another one claims to be the same instance. */
  readonly fault: 'cut-off' | 'contradicted' | undefined;
}

/** Of a file that is no MR image, or one of a kind that is not read. */
export interface NoImage {
  readonly file: NamedFile;
  readonly found: string;
  /** 'companion': lies beside images by right. */
  readonly kind: 'companion' | 'other' | 'variant';
  /** Files of one series are reported once. */
  readonly series: string;
}

/** 3,000 of an fMRI run, several times. */
const maximumFrames = 2 ** 15;

/**
 * @throws PipelineFailure 'truncated-file', 'corrupt-file', 'unreadable-file', 'image-too-small', 'image-too-large'
 */
export async function readInstance(file: NamedFile): Promise<Instance | NoImage> {
  const { dataSet, transferSyntax, pixels } = await readHeader(file.blob);
  return callDecoder(format, 'its header is damaged', () => {
    const sopClassUid = text(dataSet, tag.sopClassUid);
    const series = [tag.studyInstanceUid, tag.seriesInstanceUid, tag.patientId, tag.patientName]
      .map((name) => text(dataSet, name) ?? '')
      .join('\n');
    const object = objectOf(sopClassUid ?? '');
    if (object.kind === 'companion') return { file, found: object.found, kind: 'companion', series };
    const other = otherModality(text(dataSet, tag.modality), sopClassUid);
    if (other !== undefined) return { file, found: other, kind: 'other', series };
    if (!pixels) {
      const found = pixelless(sopClassUid, dataSet.elements[tag.rows] !== undefined);
      if (found !== undefined) return { file, found, kind: 'companion', series };
      throw corrupt(format, 'it ends without pixels');
    }
    const readable = readablePixels(dataSet, transferSyntax, pixels.vr);
    if ('variant' in readable) return { file, found: readable.variant, kind: 'variant', series };
    const { rows, columns, leastFrameBytes } = readable;
    const frameCount = frameCountOf(dataSet);
    const available = pixels.content.size - pixels.offset;
    const isCutOff = Math.max(pixels.byteLength ?? 0, leastFrameBytes * frameCount) > available;
    if (isCutOff && frameCount > 1) throw truncated(format);
    const description = seriesDescription(dataSet);
    return {
      file,
      sopInstanceUid: text(dataSet, tag.sopInstanceUid) ?? '',
      series,
      patient: [tag.patientId, tag.patientName].map((name) => text(dataSet, name) ?? '').join('\n'),
      seriesNumber: number(dataSet, tag.seriesNumber),
      instanceNumber: number(dataSet, tag.instanceNumber) ?? 0,
      description,
      sequence: guessSequence(dataSet, description),
      isLocalizer: isLocalizer(dataSet, description),
      rows,
      columns,
      frames: Array.from({ length: frameCount }, (_, frame) => frameFacts(dataSet, frame)),
      fault: isCutOff ? 'cut-off' : undefined,
    };
  });
}

/** @returns `variant`: what it is, in the words of 'unsupported-variant' (colour, mosaic, …) */
function readablePixels(
  dataSet: DataSet,
  transferSyntax: string,
  vr: string | undefined,
): PixelFormat | { readonly variant: string } {
  if (texts(dataSet, tag.imageType).includes('MOSAIC')) {
    return { variant: 'Siemens mosaic, many slices in one picture (DICOM)' };
  }
  try {
    return pixelFormat(dataSet, transferSyntax, vr);
  } catch (thrown) {
    if (!(thrown instanceof PipelineFailure) || thrown.error.code !== 'unsupported-variant') throw thrown;
    return { variant: thrown.error.found };
  }
}

/** @throws PipelineFailure 'corrupt-file' */
export function frameCountOf(dataSet: DataSet): number {
  const frameCount = number(dataSet, tag.numberOfFrames) ?? 1;
  if (!Number.isInteger(frameCount) || frameCount < 1 || frameCount > maximumFrames) {
    throw new PipelineFailure({ code: 'corrupt-file', format, problem: 'its number of frames cannot be' });
  }
  return frameCount;
}

const seriesDescription = (dataSet: DataSet) =>
  valueText(dataSet, tag.seriesDescription, characterSetOf(dataSet))?.trim() ||
  valueText(dataSet, tag.protocolName, characterSetOf(dataSet))?.trim() ||
  '';

/** PS3.3 C.8.3.1.1.1: value 3 of ImageType. Several makers say it in the description alone. */
const isLocalizer = (dataSet: DataSet, description: string) =>
  texts(dataSet, tag.imageType).includes('LOCALIZER') || namesLocalizer(description);
