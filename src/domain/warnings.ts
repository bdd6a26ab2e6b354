/** Readable oddities: they travel with the value, and never stop a job. */
import type { Sequence } from './scan';

export type Warning =
  /** The image is of another sequence than the network was trained on. */
  | { readonly code: 'other-sequence'; readonly found: Sequence; readonly trainedOn: Sequence }
  /** A volume does not say of which sequence it is: the networks' own must be chosen for it. */
  | { readonly code: 'sequence-unsaid' }
  /** Colour with different channels was reduced to luminance (ITU-R BT.601). */
  | { readonly code: 'colour-reduced' }
  /** Transparency was ignored; the stored values under it were used. */
  | { readonly code: 'alpha-ignored' }
  /** All voxels have one value: nothing can be found in it. */
  | { readonly code: 'uniform-image'; readonly value: number }
  /** A multi-page file was read as the slices of one stack. */
  | { readonly code: 'pages-as-slices'; readonly pageCount: number }
  /** It does not look like a head MRI; `reasons` are short noun phrases. */
  | { readonly code: 'unlike-mri'; readonly reasons: readonly string[] }
  /** What lies around the brain was cut out: its background is exactly 0. */
  | { readonly code: 'skull-stripped' }
  /** Median of the tissue, 0 to 1 of the window between its 0.5 and 99.5 percentile: above what the networks learnt from. */
  | { readonly code: 'bright-tissue'; readonly share: number }
  /** Much smaller than the network's picture: enlarged, so fine structure is guesswork. */
  | { readonly code: 'low-resolution'; readonly longerSidePx: number }
  /** NaN or infinite voxels were treated as air. */
  | { readonly code: 'non-finite-voxels'; readonly voxelCount: number }
  /** A 4-D file (time points, directions): its first volume was read. */
  | { readonly code: 'first-of-volumes'; readonly volumeCount: number }
  /** Voxel sizes are known, how the axes lie in the patient is not; the format's usual order was assumed. */
  | { readonly code: 'place-unknown' }
  /** The voxel size in the header is missing or cannot be a head's: nothing is given in millimetres. */
  | { readonly code: 'spacing-unusable' }
  /** Slices of an otherwise even stack are not there: they stay empty. `slices` count from 1. */
  | { readonly code: 'slices-missing'; readonly slices: readonly number[]; readonly sliceCount: number }
  /** A DICOM file of the series cannot be used; `file` is its name without folders. */
  | {
      readonly code: 'slice-unreadable';
      readonly file: string;
      readonly reason: 'cut-off' | 'damaged' | 'contradicted';
    }
  /** So many files of the archive that it came in could not be unpacked: whether they were of it is not known. */
  | { readonly code: 'archive-damaged'; readonly fileCount: number }
  /** The same instance was there more than once, with the same pixels in the same place. */
  | { readonly code: 'duplicates-ignored'; readonly fileCount: number }
  /** Images beside it in its folder that are no MR; `found` with articles ("a CT image"). */
  | { readonly code: 'others-ignored'; readonly fileCount: number; readonly found: readonly string[] }
  /** Images beside it in its folder that are MR of a kind that is not read; `found` as in 'unsupported-variant'. */
  | { readonly code: 'variants-ignored'; readonly fileCount: number; readonly found: readonly string[] }
  | { readonly code: 'several-patients'; readonly patientCount: number }
  /** One series holds several volumes; `by` is what tells them apart ("echo time"). */
  | { readonly code: 'several-volumes'; readonly volumeCount: number; readonly by: string }
  /** The slices do not say where they lie in the patient: taken in their order, nothing in millimetres. */
  | { readonly code: 'slices-unplaced' }
  /** The stack leans (gantry tilt): read as it lies. */
  | { readonly code: 'slices-sheared'; readonly degrees: number }
  /** Every other slice differs in `by` ("acquisition number"): two volumes in one, or one made in two turns. */
  | { readonly code: 'slices-alternate'; readonly by: string }
  | { readonly code: 'slices-uneven'; readonly largestDeviationMm: number }
  /** The backend gave answers that failed their check, and another took over; `from` and `reason` as in BackendReport. */
  | { readonly code: 'backend-replaced'; readonly from: string; readonly reason: string }
  /** A single slice without a thickness. */
  | { readonly code: 'thickness-assumed'; readonly mm: number };

/** For files that are taken away: `warningText` without the name of a file, which is often a patient's. */
export const namelessWarningText = (warning: Warning): string =>
  warningText(warning.code === 'slice-unreadable' ? { ...warning, file: 'A file' } : warning);

/** One plain sentence for people, without content of the file. The exhaustive switch is the only place with words. */
export function warningText(warning: Warning): string {
  switch (warning.code) {
    case 'other-sequence': {
      const looks = warning.found === 'other' ? 'another sequence' : warning.found;
      return `This looks like ${looks}: these weights were trained on ${warning.trainedOn}. Do not trust the mask.`;
    }
    case 'sequence-unsaid':
      return 'The file does not say which MR sequence it is. Check that it is the one that the networks were trained on.';
    case 'colour-reduced':
      return 'The picture has colour; its luminance was used.';
    case 'alpha-ignored':
      return 'The picture has transparency; it was ignored and the stored grey values were used.';
    case 'uniform-image':
      return `Every pixel has the value ${warning.value}: there is nothing to find in it.`;
    case 'pages-as-slices':
      return `The file has ${warning.pageCount} pages; they were read as the slices of one stack.`;
    case 'unlike-mri':
      return `This does not look like a head MRI (${warning.reasons.join(', ')}). The networks know nothing else: do not trust the mask.`;
    case 'skull-stripped':
      return 'What lies around the brain has been cut out (skull-stripped). Most of what the networks learnt from was whole heads: they miss more here.';
    case 'bright-tissue':
      return `Most of its tissue is near the bright end (median at ${Math.round(100 * warning.share)} % of the window; at most about 60 % in what the networks learnt from). It may be inverted, or T1 without contrast agent: do not trust the mask.`;
    case 'low-resolution':
      return `The longer side has only ${warning.longerSidePx} pixels; the networks expect about 256. Small lesions cannot be judged.`;
    case 'first-of-volumes':
      return `The file is 4-D and holds ${warning.volumeCount} volumes; only the first was read.`;
    case 'place-unknown':
      return 'The file does not say how its voxels lie in the patient; the usual order was assumed. Check left and right.';
    case 'spacing-unusable':
      return 'The voxel size in the header is missing or cannot be a head’s; it was not used: pixels only.';
    case 'slices-missing':
      return `${plural(warning.slices.length, 'slice is', 'slices are')} missing of ${warning.sliceCount} (${ranges(warning.slices)}); nothing is found there.`;
    case 'slice-unreadable':
      return `${warning.file} ${unreadable[warning.reason]}; its slice was left out.`;
    case 'archive-damaged':
      return `${plural(warning.fileCount, 'file', 'files')} of its archive could not be unpacked: slices may be missing, also above and below those that are here.`;
    case 'duplicates-ignored':
      return `${plural(warning.fileCount, 'file is a duplicate', 'files are duplicates')} of another, and ignored.`;
    case 'others-ignored':
      return `${plural(warning.fileCount, 'file beside it is', 'files beside it are')} no MR (${warning.found.join(', ')}), and ignored.`;
    case 'variants-ignored':
      return `${plural(warning.fileCount, 'file beside it is', 'files beside it are')} of a kind that is not read (${warning.found.join('; ')}), and ignored.`;
    case 'several-patients':
      return `The files are of ${warning.patientCount} patients; they were kept apart.`;
    case 'several-volumes':
      return `The series holds ${warning.volumeCount} volumes, told apart by ${warning.by}; this is one of them.`;
    case 'slices-unplaced':
      return 'The slices do not say where they lie in the patient: taken in their order, pixels only.';
    case 'slices-sheared':
      return `The slices are not stacked at a right angle (${warning.degrees.toFixed(1)}° off, gantry tilt); read as they lie.`;
    case 'slices-alternate':
      return `Every other slice differs in its ${warning.by}: these may be two volumes, one set into the other. Check the pictures.`;
    case 'slices-uneven':
      return `The slices are not quite evenly spaced (up to ${warning.largestDeviationMm.toFixed(2)} mm off); volumes and lengths are that uncertain.`;
    case 'backend-replaced':
      return `${warning.from} failed its check (${warning.reason}) and was not used further: the processor (wasm) did the rest, with every check passed.`;
    case 'thickness-assumed':
      return `The file does not give the slice’s thickness: ${warning.mm} mm was assumed, so volumes in mm³ mean little.`;
    case 'non-finite-voxels':
      return `${warning.voxelCount} voxels are not numbers; they were treated as air.`;
  }
}

const unreadable = {
  'cut-off': 'is cut off',
  damaged: 'is damaged',
  contradicted: 'is contradicted by another file that claims to be the same image',
};

const plural = (count: number, one: string, many: string) => `${count} ${count === 1 ? one : many}`;

/** [3, 4, 5, 9] → "3–5, 9". */
function ranges(numbers: readonly number[]): string {
  const parts: [first: number, last: number][] = [];
  for (const number of numbers) {
    const open = parts.at(-1);
    if (open && open[1] === number - 1) open[1] = number;
    else parts.push([number, number]);
  }
  return parts.map(([first, last]) => (first === last ? `${first}` : `${first}–${last}`)).join(', ');
}
