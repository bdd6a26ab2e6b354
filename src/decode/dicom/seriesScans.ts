/** Instances → scans: one for each volume of each series. */
import { type PipelineError, PipelineFailure } from '../../domain/errors';
import type { Dims } from '../../domain/grid';
import type { FrameReference, NamedFile, Scan } from '../../domain/scan';
import type { Warning } from '../../domain/warnings';
import { corrupt, truncated } from '../failures';
import { groupedBy } from '../groupedBy';
import { checkVolumeDims } from '../volumeBounds';
import type { FramePlane } from './frame';
import { format } from './header';
import type { Instance } from './instance';
import { areTooFew, stackOf } from './stack';
import { type Located, type VolumeFrames, volumesOf } from './volumes';

export interface SeriesScans {
  readonly scans: readonly Scan[];
  readonly refused: readonly { readonly path: string; readonly error: PipelineError }[];
}

/** Series without a number come last. */
const lastNumber = Number.MAX_SAFE_INTEGER;

/** @param warnings  of the whole survey, said with each scan */
export function seriesScans(instances: readonly Instance[], warnings: readonly Warning[]): SeriesScans {
  const scans: Scan[] = [];
  const refused: { path: string; error: PipelineError }[] = [];
  const series = groupedBy(instances, (instance) => instance.series).toSorted(
    ([a], [b]) => (a!.seriesNumber ?? lastNumber) - (b!.seriesNumber ?? lastNumber),
  );
  for (const [index, members] of series.entries()) {
    const sorted = members.toSorted(
      (a, b) => a.instanceNumber - b.instanceNumber || (a.file.path < b.file.path ? -1 : 1),
    );
    const refuse = (thrown: unknown, path: string) => {
      if (!(thrown instanceof PipelineFailure)) throw thrown;
      refused.push({ path, error: thrown.error });
    };
    try {
      const frames = sorted.flatMap((instance) =>
        instance.frames.map((facts, frame): Located => ({ instance, frame, facts })),
      );
      const { volumes, by } = volumesOf(frames);
      for (const [n, volume] of volumes.entries()) {
        const place = { series: index + 1, volume: volumes.length > 1 ? n + 1 : undefined };
        const apart: readonly Warning[] =
          volumes.length > 1 ? [{ code: 'several-volumes', volumeCount: volumes.length, by: by.join(', ') }] : [];
        try {
          scans.push(volumeScan(volume, place, [...warnings, ...apart]));
        } catch (thrown) {
          refuse(thrown, volume.frames[0]!.instance.file.path);
        }
      }
    } catch (thrown) {
      refuse(thrown, sorted[0]!.file.path);
    }
  }
  return { scans, refused };
}

/** @throws PipelineFailure 'slice-geometry', 'truncated-file', 'corrupt-file', 'volume-too-large' */
function volumeScan(
  volume: VolumeFrames,
  place: { readonly series: number; readonly volume: number | undefined },
  warnings: readonly Warning[],
): Scan {
  const { frames } = volume;
  const { slices, warnings: stackWarnings } = slicesOf(volume);
  const turns: readonly Warning[] = volume.alternatesBy ? [{ code: 'slices-alternate', by: volume.alternatesBy }] : [];
  const unreadable = [...new Set(frames.map(({ instance }) => instance))].flatMap(({ file, fault }): Warning[] =>
    fault ? [{ code: 'slice-unreadable', file: baseName(file), reason: fault }] : [],
  );
  const readable = slices.map((slice) => (slice?.instance.fault ? undefined : slice));
  const left = frames.filter(({ instance }) => !instance.fault);
  if (left.length === 0 || areTooFew(frames.length, frames.length - left.length)) {
    throw frames.some(({ instance }) => instance.fault === 'cut-off')
      ? truncated(format)
      : corrupt(format, 'another file claims to be the same image, and differs');
  }
  // Where one slice alone is left, no other says how far apart they were.
  const kept = left.length === 1 ? left : readable;

  const { description, sequence, seriesNumber, rows, columns } = left[0]!.instance;
  const dims: Dims = [columns, rows, kept.length];
  checkVolumeDims(format, dims);
  const files: NamedFile[] = [];
  const references = kept.map((slice): FrameReference | undefined => {
    if (!slice) return undefined;
    if (!files.includes(slice.instance.file)) files.push(slice.instance.file);
    return { file: files.indexOf(slice.instance.file), frame: slice.frame };
  });
  const series = seriesNumber === undefined ? 'DICOM series' : `Series ${seriesNumber}`;
  const which = place.volume === undefined ? '' : `, volume ${place.volume}`;
  return {
    id: `dicom-${place.series}-${place.volume ?? 1}`,
    kind: 'dicom',
    name: `${series}${which}`,
    stem: `series${seriesNumber === undefined ? '' : `-${seriesNumber}`}${place.volume === undefined ? '' : `-volume-${place.volume}`}`,
    files,
    frames: references,
    series: { description, number: seriesNumber, sequence, dims },
    warnings: [...warnings, ...stackWarnings, ...turns, ...unreadable],
  };
}

export const baseName = ({ path }: NamedFile) => path.split('/').at(-1)!;

function slicesOf({ frames, emptyPlaces }: VolumeFrames): {
  readonly slices: readonly (Located | undefined)[];
  readonly warnings: readonly Warning[];
} {
  if (frames[0]!.facts.plane === undefined) return { slices: frames, warnings: [] };
  const placed = frames.map((frame) => ({ ...frame, plane: frame.facts.plane as FramePlane }));
  return stackOf(placed, emptyPlaces);
}
