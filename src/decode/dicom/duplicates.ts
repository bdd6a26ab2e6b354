/** Instances that are there more than once. */
import type { AssetSource } from '../../domain/assets';
import { PipelineFailure } from '../../domain/errors';
import type { FileBytes } from '../../domain/scan';
import type { Warning } from '../../domain/warnings';
import { bytesOf } from '../byteSource';
import { corrupt } from '../failures';
import { groupedBy } from '../groupedBy';
import { format, readHeader } from './header';
import type { Instance } from './instance';
import { frameScale, intensitiesInto } from './intensities';
import { pixelFormat } from './pixelFormat';
import { storedFrames } from './storedFrames';

export interface Distinct {
  readonly instances: readonly Instance[];
  readonly warnings: readonly Warning[];
}

/** Compared in steps of this size. */
const stepBytes = 2 ** 20;

/**
 * Of files with one SOP instance UID the first is kept: if they show the same in the same place, with a warning; if not,
 * nothing says which of them is right, so that its place is kept and its pixels are not used. One that is cut off is
 * no rival of one that is whole.
 *
 * An image that was sent again under a new UID is one too, if its number, what its header tells of it and its pixels are the same.
 *
 * @param assets  asked for 'gdcm' where compressed pixels must be compared with others
 */
export async function distinctInstances(instances: readonly Instance[], assets: AssetSource): Promise<Distinct> {
  let duplicates = 0;
  const named: Instance[] = [];
  for (const group of groupedBy(instances, ({ sopInstanceUid, file }) => sopInstanceUid || file)) {
    const whole = group.filter(({ fault }) => fault === undefined);
    const [first, ...others] = (whole.length > 0 ? whole : group) as [Instance, ...Instance[]];
    duplicates += group.length - 1 - others.length;
    let isContradicted = false;
    for (const other of others) {
      if (await isSame(first, other, assets)) duplicates++;
      else isContradicted = true;
    }
    named.push(isContradicted ? { ...first, fault: 'contradicted' } : first);
  }
  const kept: Instance[] = [];
  for (const [first, ...others] of groupedBy(named, claimOf)) {
    kept.push(first!);
    for (const other of others) {
      if (await isSame(first!, other, assets)) duplicates++;
      else kept.push(other);
    }
  }
  return { instances: kept, warnings: duplicates > 0 ? [{ code: 'duplicates-ignored', fileCount: duplicates }] : [] };
}

/** What two of a series have in common if they may be one image; without a place none has. */
const claimOf = ({ series, instanceNumber, frames, file }: Instance) =>
  frames[0]?.plane ? JSON.stringify([series, instanceNumber, frames.length, frames[0]]) : file;

/**
 * An archive that sends an image twice may write its file header, the institution or the compression anew: what counts is
 * where the frames lie and what they show.
 */
async function isSame(a: Instance, b: Instance, assets: AssetSource): Promise<boolean> {
  if (await isSameBytes(a.file.blob, b.file.blob)) return true;
  const isSamePlace =
    a.rows === b.rows &&
    a.columns === b.columns &&
    a.frames.length === b.frames.length &&
    a.frames.every(({ plane }, n) => JSON.stringify(plane) === JSON.stringify(b.frames[n]!.plane));
  if (!isSamePlace) return false;
  try {
    const [left, right] = await Promise.all([a, b].map((one) => intensitiesOf(one, assets)));
    for (let frame = 0; frame < a.frames.length; frame++) {
      const values = await left!(frame);
      const others = await right!(frame);
      // Padding is NaN, which is itself alone for Object.is.
      if (!values.every((value, n) => Object.is(value, others[n]))) return false;
    }
    return true;
  } catch (thrown) {
    // One that cannot be read says nothing for the other.
    if (thrown instanceof PipelineFailure && thrown.error.code !== 'program-unreachable') return false;
    throw thrown;
  }
}

async function isSameBytes(a: FileBytes, b: FileBytes): Promise<boolean> {
  if (a.size !== b.size) return false;
  for (let at = 0; at < a.size; at += stepBytes) {
    const end = Math.min(at + stepBytes, a.size);
    const [left, right] = await Promise.all([bytesOf(a.slice(at, end)), bytesOf(b.slice(at, end))]);
    if (left.some((byte, n) => byte !== right[n])) return false;
  }
  return true;
}

/** Frame by frame, with rescale and padding; MONOCHROME1 as negative values, so that it is like no other. */
async function intensitiesOf({ file, frames }: Instance, assets: AssetSource) {
  const { dataSet, transferSyntax, pixels: element } = await readHeader(file.blob);
  if (!element) throw corrupt(format, 'it ends without pixels');
  const pixels = pixelFormat(dataSet, transferSyntax, element.vr);
  const stored = await storedFrames(element, pixels, frames.length, transferSyntax, assets);
  return async (frame: number): Promise<Float32Array> => {
    const values = new Float32Array(pixels.rows * pixels.columns);
    intensitiesInto(values, await stored(frame), pixels, frameScale(dataSet, frame, pixels));
    return pixels.isInverted ? values.map((value) => -value) : values;
  };
}
