/** One volume of a DICOM series → Volume. */
import type { DataSet } from 'dicom-parser';
import type { AssetSource } from '../../domain/assets';
import { PipelineFailure } from '../../domain/errors';
import type { Dims } from '../../domain/grid';
import type { Checkpoint } from '../../domain/network';
import type { NamedFile, Scan, Sequence, SliceReference } from '../../domain/scan';
import { volumeFloats } from '../../domain/sharedArrays';
import type { Volume } from '../../domain/volume';
import type { Warning } from '../../domain/warnings';
import { callDecoder, corrupt, isAllocationFailure, outOfMemory } from '../failures';
import { assumedThicknessMm, patientSpace } from '../patientSpace';
import { valueWarnings } from '../valueWarnings';
import { unsaidWarnings } from '../sequenceWords';
import { volumeWarnings } from '../volumeCheck';
import { checkVolumeDims } from '../volumeBounds';
import { text } from './attributes';
import { bodyPartReasons } from './bodyPart';
import { frameFacts, type FrameFacts, type FramePlane } from './frame';
import { format, readHeader } from './header';
import { frameCountOf } from './instance';
import { frameScale, intensitiesInto, invertInto } from './intensities';
import { dicomOrigin } from './origin';
import { type PixelFormat, pixelFormat } from './pixelFormat';
import { baseName } from './seriesScans';
import { stackAffine } from './stack';
import { storedFrames, type StoredFrames } from './storedFrames';
import { tag } from './tags';

/** More damaged slices than this share of all, and there is no volume to speak of. */
const damagedShare = 0.25;

/**
 * @param scan    as `survey` makes it: its frames are the slices, in order along the normal
 * @param assets  asked for 'gdcm' when the first compressed frame comes
 * @returns dims [columns, rows, slices]; intensities with the rescale of each slice, NaN where there is padding or no
 *   slice, MONOCHROME1 inverted; the affine from the positions (RAS), or 'pixels' where they are not given
 * @throws PipelineFailure 'unsupported-variant', 'truncated-file', 'corrupt-file', 'volume-too-large', 'out-of-memory',
 *   'unreadable-file', or what `checkpoint` throws
 */
export async function decodeDicom(scan: Scan, assets: AssetSource, checkpoint: Checkpoint): Promise<Volume> {
  try {
    return await readVolume(scan, assets, checkpoint);
  } catch (thrown) {
    throw isAllocationFailure(thrown) ? outOfMemory() : thrown;
  }
}

interface OpenedFile {
  readonly dataSet: DataSet;
  readonly pixels: PixelFormat;
  readonly frames: StoredFrames;
  readonly frameCount: number;
}

async function readVolume(scan: Scan, assets: AssetSource, checkpoint: Checkpoint): Promise<Volume> {
  const references = scan.frames ?? [];
  const facts: (FrameFacts | undefined)[] = references.map(() => undefined);
  const slices: (SliceReference | undefined)[] = references.map(() => undefined);
  const faults: PipelineFailure[] = [];
  const warnings: Warning[] = [];
  let dims: Dims = [0, 0, 0];
  // Not before a frame has decoded: what the header claims is not worth the memory yet.
  let intensities: Float32Array | undefined;
  let first: DataSet | undefined;
  let isInverted = false;
  let done = 0;

  for (const [index, file] of scan.files.entries()) {
    const opened = await open(file, assets);
    const { dataSet, pixels } = opened;
    if (!first) {
      first = dataSet;
      dims = [pixels.columns, pixels.rows, references.length];
      checkVolumeDims(format, dims);
      isInverted = pixels.isInverted;
    }
    if (pixels.columns !== dims[0] || pixels.rows !== dims[1] || pixels.isInverted !== isInverted) {
      throw corrupt(format, 'its slices differ in kind');
    }
    for (const [k, reference] of references.entries()) {
      if (reference?.file !== index) continue;
      await checkpoint('decode', done++, references.length);
      facts[k] = callDecoder(format, 'its header is damaged', () => frameFacts(dataSet, reference.frame));
      slices[k] = sliceReference(opened, reference.frame);
      try {
        const frame = await opened.frames(reference.frame);
        intensities ??= volumeFloats(dims[0] * dims[1] * dims[2]).fill(NaN);
        const slice = intensities.subarray(k * dims[0] * dims[1], (k + 1) * dims[0] * dims[1]);
        intensitiesInto(slice, frame, pixels, frameScale(dataSet, reference.frame, pixels));
      } catch (thrown) {
        if (!isFault(thrown)) throw thrown;
        faults.push(thrown);
        warnings.push({
          code: 'slice-unreadable',
          file: baseName(file),
          reason: thrown.error.code === 'truncated-file' ? 'cut-off' : 'damaged',
        });
        if (references.length === 1 || faults.length > Math.max(1, damagedShare * references.length)) throw faults[0];
      }
    }
  }
  if (!first || !intensities) throw faults[0] ?? corrupt(format, 'it has no slices');
  if (isInverted) invertInto(intensities);
  const placed = placeOf(facts, dims);
  await checkpoint('decode', references.length, references.length);
  return {
    grid: { dims, space: placed.space },
    intensities,
    isEightBit: false,
    origin: dicomOrigin(first, slices),
    sequence: sequenceOf(scan),
    // Stored values are whole numbers: what is not finite here is padding, or a slice that is missing and said so.
    warnings: [
      ...warnings,
      ...placed.warnings,
      ...valueWarnings(intensities).filter(({ code }) => code !== 'non-finite-voxels'),
      ...volumeWarnings(intensities, { dims, space: placed.space }, bodyPartReasons(first)),
      ...unsaidWarnings(sequenceOf(scan)),
    ],
  };
}

const isFault = (thrown: unknown): thrown is PipelineFailure =>
  thrown instanceof PipelineFailure && (thrown.error.code === 'truncated-file' || thrown.error.code === 'corrupt-file');

async function open({ blob }: NamedFile, assets: AssetSource): Promise<OpenedFile> {
  const { dataSet, transferSyntax, pixels: element } = await readHeader(blob);
  if (!element) throw corrupt(format, 'it ends without pixels');
  const { pixels, frameCount } = callDecoder(format, 'its header is damaged', () => ({
    pixels: pixelFormat(dataSet, transferSyntax, element.vr),
    frameCount: frameCountOf(dataSet),
  }));
  const frames = await storedFrames(element, pixels, frameCount, transferSyntax, assets);
  return { dataSet, pixels, frames, frameCount };
}

const sliceReference = ({ dataSet, frameCount }: OpenedFile, frame: number): SliceReference => ({
  sopClassUid: text(dataSet, tag.sopClassUid) ?? '',
  sopInstanceUid: text(dataSet, tag.sopInstanceUid) ?? '',
  frameNumber: frameCount === 1 ? undefined : frame + 1,
});

function placeOf(facts: readonly (FrameFacts | undefined)[], dims: Dims): ReturnType<typeof patientSpace> {
  const planes: readonly (FramePlane | undefined)[] = facts.map((slice) => slice?.plane);
  const known = planes.filter((plane) => plane !== undefined);
  if (known.length === 0) return { space: { kind: 'pixels' }, warnings: [{ code: 'slices-unplaced' }] };
  const thickness = facts.find((slice) => slice !== undefined)?.thicknessMm;
  const placed = patientSpace(stackAffine(planes, thickness ?? assumedThicknessMm), dims, format);
  if (known.length > 1 || thickness !== undefined || placed.space.kind === 'pixels') return placed;
  return { ...placed, warnings: [...placed.warnings, { code: 'thickness-assumed', mm: assumedThicknessMm }] };
}

const sequenceOf = ({ series }: Scan): Sequence => series?.sequence ?? 'unknown';
