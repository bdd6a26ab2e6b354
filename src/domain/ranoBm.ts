/** What counts as measurable disease in RANO-BM (Lin et al., Lancet Oncol 2015; 16: e270), and how that is put into words. */
import type { SliceFrame } from './sliceFrame';
import type { Lesion } from './volume';

export const ranoBm = {
  longestMm: 10,
  perpendicularMm: 5,
  /** From slice to slice. */
  sliceMm: 5,
  /** It must be seen in at least so many: said of a lesion by itself, no part of "measurable" here. */
  sliceCount: 2,
} as const;

/** The rule by which `isMeasurable` is decided, for tables. */
export const ranoBmRule = `longest >= ${ranoBm.longestMm} mm and perpendicular >= ${ranoBm.perpendicularMm} mm in slices <= ${ranoBm.sliceMm} mm apart`;

/** Whether it is seen in as many slices as RANO-BM asks for. A lesion is connected: it lies in all slices between its first and last. */
export const isInTwoSlices = ({ slices: [first, last] }: Pick<Lesion, 'slices'>): boolean =>
  last - first + 1 >= ranoBm.sliceCount;

/** What "measurable" stands for. The criterion is for axial slices; lesions are measured in those of the acquisition. */
export function measurableText({ plane }: SliceFrame): string {
  const { longestMm, perpendicularMm, sliceMm, sliceCount } = ranoBm;
  const criterion = `Measurable by the sizes of RANO-BM: at least ${longestMm} mm by ${perpendicularMm} mm, in slices at most ${sliceMm} mm apart. RANO-BM also wants it seen in ${sliceCount} slices or more: where it is in one only, that is said.`;
  return plane === 'axial' || plane === 'none'
    ? criterion
    : `${criterion} RANO-BM measures in axial slices; these are ${plane}, as they were acquired.`;
}
