/** A survey as the list shows it, and which of it is looked at first. */
import type { Scan, Sequence, Survey } from '../domain/scan';
import type { ModelManifest } from '../models/manifest';

export type Listed =
  | { readonly kind: 'scan'; readonly scan: Scan }
  | { readonly kind: 'refused'; readonly refused: Survey['refused'][number] };

/** In the order in which the files were chosen: a bad file stands where it was looked for. */
export function listed({ scans, refused }: Survey, paths: readonly string[]): readonly Listed[] {
  const rank = new Map(paths.map((path, index) => [path, index]));
  const place = (path: string | undefined) => rank.get(path ?? '') ?? Infinity;
  return [
    ...scans.map((scan) => ({ kind: 'scan', scan, at: place(firstPath(scan, rank)) }) as const),
    ...refused.map((one) => ({ kind: 'refused', refused: one, at: place(one.path) }) as const),
  ].toSorted((a, b) => (a.at === b.at ? 0 : a.at - b.at));
}

/** A series is in the order of its slices, so its first file need not be the one that was chosen first. */
function firstPath({ files }: Scan, rank: ReadonlyMap<string, number>): string | undefined {
  return files
    .map(({ path }) => path)
    .reduce<string | undefined>(
      (first, path) =>
        first === undefined || (rank.get(path) ?? Infinity) < (rank.get(first) ?? Infinity) ? path : first,
      undefined,
    );
}

/** What a network can make most of, first. A series that does not say what it is may be the right one. */
const preferences: Readonly<Record<ModelManifest['sequence'], readonly Sequence[]>> = {
  t1ce: ['T1-CE', 'unknown', 'T1', 'FLAIR', 'T2', 'other'],
  flair: ['FLAIR', 'unknown', 'T2', 'T1-CE', 'T1', 'other'],
};

/**
 * Of DICOM series the best match for the network's sequence; among equals, and of other files, the first of the list.
 *
 * @returns an index; undefined for an empty list
 */
export function firstToShow(list: readonly Listed[], sequence: ModelManifest['sequence']): number | undefined {
  const series = list.flatMap((one, index) =>
    one.kind === 'scan' && one.scan.series ? [{ index, sequence: one.scan.series.sequence }] : [],
  );
  if (series.length === 0) return list.length > 0 ? 0 : undefined;
  const rank = (one: Sequence) => preferences[sequence].indexOf(one);
  return series.reduce((best, one) => (rank(one.sequence) < rank(best.sequence) ? one : best)).index;
}
