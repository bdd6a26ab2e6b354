/** Sentences of the page: short, plain, exact; numbers in the reader's locale. */
import type { Stage } from '../domain/errors';
import type { DelineationRule, Lesion, WindowLevel } from '../domain/volume';
import type { Highest } from '../study/highest';

export const probabilityText = (probability: number) =>
  probability.toLocaleString(undefined, { minimumFractionDigits: 2, maximumFractionDigits: 2 });

export const countText = (count: number, one: string, many: string) =>
  `${count.toLocaleString()} ${count === 1 ? one : many}`;

export const megabytesText = (bytes: number) =>
  `${(bytes / 1e6).toLocaleString(undefined, { maximumFractionDigits: 1 })} MB`;

/** What the voxels of a lesion are called: a plain picture has pixels, a stack of pages has voxels. */
export const voxelWord = (sliceCount: number, count: number) =>
  `${sliceCount === 1 ? 'pixel' : 'voxel'}${count === 1 ? '' : 's'}`;

interface Found {
  readonly lesions: readonly Lesion[];
  readonly rule: DelineationRule;
  readonly highest: Highest;
  readonly sliceCount: number;
}

/** The answer of one network, whole: what was found, or how sure it came to be of anything. */
export function resultText({ lesions, rule, highest, sliceCount }: Found): string {
  if (lesions.length > 0) {
    const sum = lesions.reduce((voxels, { voxelCount }) => voxels + voxelCount, 0);
    const all = lesions.length > 1 ? ' in all' : '';
    return `${countText(lesions.length, 'lesion', 'lesions')} found, ${sum.toLocaleString()} ${voxelWord(sliceCount, sum)}${all}.`;
  }
  const { minVoxelCount, threshold } = rule;
  // Something was above the threshold, so the smallest size is what left it out.
  const size =
    highest.probability >= threshold && minVoxelCount > 1
      ? ` of at least ${minVoxelCount.toLocaleString()} ${voxelWord(sliceCount, minVoxelCount)}`
      : '';
  const where = sliceCount > 1 ? `, slice ${highest.k + 1}` : '';
  return `No lesion${size} found above ${probabilityText(threshold)}. Highest probability ${probabilityText(highest.probability)}${where}.`;
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
  readonly sliceCount: number;
  readonly size: readonly [width: number, height: number];
  /** Undefined while no network has answered. */
  readonly lesions: readonly Lesion[] | undefined;
}

/** What a picture shows, for those who do not see it. */
export function sliceText({ k, sliceCount, size, lesions }: SliceFacts): string {
  const slice = `Slice ${k + 1} of ${sliceCount}, ${size[0]} by ${size[1]} pixels`;
  if (!lesions) return `${slice}, not segmented`;
  const [largest, ...others] = lesions.filter(({ slices: [first, last] }) => first <= k && k <= last);
  if (!largest) return `${slice}, no lesion`;
  const extent = `${largest.voxelCount.toLocaleString()} ${voxelWord(sliceCount, largest.voxelCount)}`;
  const place = placeText([largest.centroid[0] + 0.5, largest.centroid[1] + 0.5], size);
  if (others.length === 0) return `${slice}, 1 lesion of ${extent}, ${place}`;
  return `${slice}, ${others.length + 1} lesions; the largest ${extent}, ${place}`;
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
