/** What counts as measurable disease in RANO-BM (Lin et al., Lancet Oncol 2015; 16: e270), and how that is put into words. */
import type { SliceFrame } from './sliceFrame';

export const ranoBm = {
  longestMm: 10,
  perpendicularMm: 5,
  /** From slice to slice. */
  sliceMm: 5,
  /** It must be seen in at least so many. */
  sliceCount: 2,
} as const;

/** What "measurable" stands for. The criterion is for axial slices; lesions are measured in those of the acquisition. */
export function measurableText({ plane }: SliceFrame): string {
  const { longestMm, perpendicularMm, sliceMm, sliceCount } = ranoBm;
  const criterion = `Measurable as in RANO-BM: at least ${longestMm} mm by ${perpendicularMm} mm, seen in ${sliceCount} slices or more, at most ${sliceMm} mm apart.`;
  return plane === 'axial' || plane === 'none'
    ? criterion
    : `${criterion} RANO-BM measures in axial slices; these are ${plane}, as they were acquired.`;
}
