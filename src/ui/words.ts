/** Sentences of the page: short, plain, exact; numbers in the reader's locale. */
import type { Stage } from '../domain/errors';
import type { Grid } from '../domain/grid';
import { noLesionText } from '../domain/noLesionText';
import type { Plane } from '../domain/sliceFrame';
import type { DelineationRule, Lesion, LesionExtent, WindowLevel } from '../domain/volume';
import { slicesOf, slicingOf, toPicturePlace, type Slicing } from '../display/slicing';
import type { ModelManifest } from '../models/manifest';
import type { Highest } from '../study/highest';
import { sizeOf } from '../study/rule';

export const probabilityText = (probability: number) =>
  probability.toLocaleString(undefined, { minimumFractionDigits: 2, maximumFractionDigits: 2 });

/** A figure of merit, with the digits that columns of them share. */
export const figureText = (value: number) =>
  value.toLocaleString(undefined, { minimumFractionDigits: 3, maximumFractionDigits: 3 });

export const percentText = (share: number) =>
  share.toLocaleString(undefined, { style: 'percent', maximumFractionDigits: 1 });

export const countText = (count: number, one: string, many: string) =>
  `${count.toLocaleString()} ${count === 1 ? one : many}`;

export const megabytesText = (bytes: number) =>
  `${(bytes / 1e6).toLocaleString(undefined, { maximumFractionDigits: 1 })} MB`;

/** What the voxels of a lesion are called: a plain picture has pixels, a stack of pages has voxels. */
export const voxelWord = (sliceCount: number, count: number) =>
  `${sliceCount === 1 ? 'pixel' : 'voxel'}${count === 1 ? '' : 's'}`;

export const millilitresText = (volumeMm3: number) =>
  (volumeMm3 / 1000).toLocaleString(undefined, { minimumFractionDigits: 2, maximumFractionDigits: 2 });

export const millimetresText = (value: number) =>
  value.toLocaleString(undefined, { minimumFractionDigits: 1, maximumFractionDigits: 1 });

/** "21.0 × 17.2", without its unit. */
export const diametersText = ({ longestDiameterMm, perpendicularDiameterMm }: LesionExtent) =>
  `${millimetresText(longestDiameterMm)} × ${millimetresText(perpendicularDiameterMm)}`;

const voxelsText = (count: number, { dims }: Grid) => `${count.toLocaleString()} ${voxelWord(dims[2], count)}`;

/** A count of voxels with its unit: of a volume in mm³. */
export function sizeText(voxelCount: number, grid: Grid): string {
  const { value, unit } = sizeOf(voxelCount, grid);
  return unit === 'mm³'
    ? `${value.toLocaleString(undefined, { maximumFractionDigits: value < 10 ? 1 : 0 })} mm³`
    : voxelsText(value, grid);
}

/** What lesions come to, with its unit: mL of a volume. */
export function sumText(lesions: readonly Lesion[], grid: Grid): string {
  const voxelCount = lesions.reduce((sum, lesion) => sum + lesion.voxelCount, 0);
  const { value, unit } = sizeOf(voxelCount, grid);
  return unit === 'mm³' ? `${millilitresText(value)} mL` : voxelsText(voxelCount, grid);
}

interface Found {
  /** Without the rejected ones. */
  readonly lesions: readonly Lesion[];
  readonly rejectedCount: number;
  readonly rule: DelineationRule;
  readonly highest: Highest;
  readonly grid: Grid;
}

/** The answer of one network, whole: what was found, or how sure it came to be of anything. */
export function resultText({ lesions, rejectedCount, rule, highest, grid }: Found): string {
  if (lesions.length > 0) {
    const all = lesions.length > 1 ? ' in all' : '';
    const rejected = rejectedCount > 0 ? ` ${rejectedCount.toLocaleString()} rejected.` : '';
    return `${countText(lesions.length, 'lesion', 'lesions')} found, ${sumText(lesions, grid)}${all}.${rejected}`;
  }
  const { threshold, minVoxelCount } = rule;
  const none = {
    rejectedCount,
    threshold,
    smallest: sizeText(minVoxelCount, grid),
    highestProbability: highest.probability,
  };
  const slicing = slicingOf(grid);
  const isStack = slicing.sliceCount > 1 && rejectedCount === 0;
  const where = isStack ? `, slice ${toPicturePlace(slicing, highest.place)[2] + 1}` : '';
  return `${noLesionText(none, probabilityText)}${where}.`;
}

/** @param centre  in pixels of a picture of `size` */
export function placeText([x, y]: readonly [number, number], [width, height]: readonly [number, number]): string {
  const across = x / width - 0.5;
  const down = y / height - 0.5;
  const words = [
    Math.abs(down) < 0.1 ? '' : down < 0 ? 'above' : 'below',
    Math.abs(across) < 0.06 ? '' : across < 0 ? 'left of' : 'right of',
  ].filter((word) => word !== '');
  return words.length === 0 ? 'in the middle' : `${words.join(' and ')} the middle`;
}

interface SliceFacts {
  readonly k: number;
  readonly slicing: Slicing;
  /** Without the rejected ones; undefined while no network has answered. */
  readonly lesions: readonly Lesion[] | undefined;
}

/** What a picture shows, for those who do not see it. */
export function sliceText({ k, slicing, lesions }: SliceFacts): string {
  const { picture, sliceCount, grid } = slicing;
  const slice = `Slice ${k + 1} of ${sliceCount}, ${picture[0]} by ${picture[1]} pixels`;
  if (!lesions) return `${slice}, not segmented`;
  const [largest, ...others] = lesions.filter((lesion) => {
    const [first, last] = slicesOf(slicing, lesion.slices);
    return first <= k && k <= last;
  });
  if (!largest) return `${slice}, no lesion`;
  const { extent, voxelCount } = largest;
  const size = extent ? `${diametersText(extent).replace('×', 'by')} mm` : voxelsText(voxelCount, grid);
  const [col, row] = toPicturePlace(slicing, largest.centroid);
  const place = placeText([col + 0.5, row + 0.5], picture);
  if (others.length === 0) return `${slice}, 1 lesion of ${size}, ${place}`;
  return `${slice}, ${others.length + 1} lesions; the largest ${size}, ${place}`;
}

export const planeNames: Readonly<Record<Plane, string>> = { axial: 'Axial', coronal: 'Coronal', sagittal: 'Sagittal' };

/** What a plane of a volume shows: where it cuts, and with what to go on. */
export function planeText(
  plane: Plane,
  k: number,
  { sliceCount, picture }: Slicing,
  lesionCount: number | undefined,
): string {
  const found =
    lesionCount === undefined
      ? 'not segmented'
      : lesionCount === 0
        ? 'no lesion in the volume'
        : `${countText(lesionCount, 'lesion', 'lesions')} in the volume`;
  return `${planeNames[plane]} plane ${k + 1} of ${sliceCount}, ${picture[0]} by ${picture[1]} pixels, ${found}`;
}

interface StepFacts {
  readonly stage: Stage;
  readonly done: number;
  readonly total: number;
}

/** What is going on: a step and how far it is. */
export function stepText({ stage, done, total }: StepFacts): string {
  const of = total > 1 && stage !== 'download' ? ` ${done} of ${total}` : '';
  switch (stage) {
    case 'download':
      return total > 1 ? `fetching ${megabytesText(done)} of ${megabytesText(total)}` : 'fetching';
    case 'decode':
      return `reading${of}`;
    case 'preprocess':
      return `preparing the picture${of}`;
    case 'compile':
      return 'compiling for this machine, once';
    case 'infer':
      return `segmenting${of}`;
    case 'postprocess':
      return `outlining${of}`;
    case 'encode':
      return `writing${of}`;
  }
}

/** Time left, once enough is done to know it. */
export function timeLeftText(done: number, total: number, elapsedMs: number): string {
  if (done < 2 || elapsedMs < 1000) return '';
  const seconds = Math.ceil(((total - done) * elapsedMs) / done / 1000);
  return seconds < 60 ? `about ${seconds} s left` : `about ${Math.ceil(seconds / 60)} min left`;
}

/** Said until a network's own manifest is here, whose `provenance.notice` takes its place. */
export const defaultNotice =
  'Research use only. The networks were trained on meningiomas, gliomas and pituitary tumours, not on metastases.';

/** What a card of these weights cannot show. */
export function unmeasuredText(manifest: ModelManifest): string {
  const { metrics, calibration, froc, lesionsBySize, limits } = manifest;
  const missing = [
    metrics.length > 0 ? '' : 'any figure',
    metrics.length > 0 && !metrics.some(({ interval }) => interval) ? '95 % intervals' : '',
    lesionsBySize?.length ? '' : 'lesions by diameter',
    froc?.length ? '' : 'lesions found against false positives',
    calibration ? '' : 'how true its probabilities are',
    limits ? '' : 'where it fails',
  ].filter((one) => one !== '');
  return missing.length > 0 ? `This card does not say: ${missing.join(', ')}.` : '';
}

/** What is said of places in the patient: RAS, so left, back and feet are negative. */
export const rasText = (place: readonly number[]) => place.map(millimetresText).join(', ');

/** A mean place on the file's own grid, from 0, as its CSV and JSON have it. */
export const voxelText = (place: readonly number[]) => place.map(millimetresText).join(', ');

export function windowText({ center, width }: WindowLevel): string {
  const rounded = (value: number) => value.toLocaleString(undefined, { maximumSignificantDigits: 4 });
  return `W ${rounded(width)} · L ${rounded(center)}`;
}

/** State of a file in the list. @param counts  lesions by each network that has answered */
export function fileText(
  kind: 'closed' | 'reading' | 'cancelled' | 'failed' | 'ready',
  counts: readonly number[],
): string {
  if (kind === 'failed') return 'cannot be read';
  const [first, ...others] = counts;
  if (first === undefined) return '';
  return others.length === 0 ? countText(first, 'lesion', 'lesions') : `${counts.join(' and ')} lesions`;
}
