/**
 * Whether a volume is what the networks know: MR of a head, with tissue as bright as in what they learnt from. Few, plain
 * cues, each of which can be told to the user in a sentence; none of them stops anybody.
 */
import type { Grid } from '../domain/grid';
import { sliceFrameOf } from '../domain/sliceFrame';
import { readSliceInto, sliceLayoutOf } from '../domain/sliceLayout';
import { affineOf, spacingOf } from '../domain/spacing';
import type { Warning } from '../domain/warnings';
import { unlikenessReasons } from './resemblance';

/** Enough to place percentiles and shares; chosen evenly. */
const samples = 2 ** 17;

/** Of the window between the 0.5 and 99.5 percentile: below it is air (the recipe's own limit, 24 of 255). */
const airShare = 24 / 255;

/** Air is −1000 HU, and a head's frame holds much of it; MR has few values below 0. */
const ct = { airBelow: -500, leastShare: 0.15 };

/** A picture has hundreds of values; masks and label maps a handful. */
const fewestValues = 16;

/** In the plane of the slices: a head is 130 to 260 mm, with neck and shoulders up to a scanner's whole field. */
const headMm = { least: 60, most: 500 };

/** A background of exact zeros, or of padding (NaN), was cut out; what a receiver measures in air is noise. */
const cutOut = { leastZeroOfAir: 0.8, leastAir: 0.3 };

/**
 * Median of the tissue as a share of the window. Measured (n = 300 slices of each set): at most 0.46 in `t1ce-primary`, 0.59
 * in `t1post-negative`, 0.77 in `t1ce-glioma` (99 of 100: 0.59), 0.40 in `t1post-ms-negative`, 0.38 in `flair-lgg`, 0.62 in
 * `flair-glioma`. Turned around (white is zero): at least 0.71. A T1 without contrast agent (n = 1 volume): 0.79.
 */
const brightestTissue = 0.65;

/**
 * @param intensities  of the whole volume, in the order of its Grid, NaN where nothing is known
 * @param said         by its header: why it is no MRI of a head
 */
export function volumeWarnings(
  intensities: Float32Array,
  grid: Grid,
  said: readonly string[] = [],
): readonly Warning[] {
  const { finite: sorted, paddingCount } = sampled(intensities);
  sorted.sort();
  if (sorted.length === 0 || sorted[0] === sorted.at(-1)) return [];
  const window = windowOf(sorted);
  const air = window.low + airShare * (window.high - window.low);
  const reasonsOfValues = [
    ...(shareBelow(sorted, ct.airBelow) >= ct.leastShare ? ['values of a CT, air at −1000'] : []),
    ...(distinctValues(sorted) < fewestValues ? ['only a few different values, as in a mask'] : []),
  ];
  const reasons = [
    ...said,
    ...reasonsOfValues,
    ...sizeReasons(intensities, grid, air),
    ...unlikenessReasons({ ...middleSlice(intensities, grid), isEightBit: false, colourShare: 0 }),
  ];
  const warnings: Warning[] = reasons.length > 0 ? [{ code: 'unlike-mri', reasons }] : [];
  // What follows is said of MR, also of one that looks unlike a head.
  if (reasonsOfValues.length > 0) return warnings;
  const airCount = sorted.filter((value) => value < air).length + paddingCount;
  const zeroCount = sorted.filter((value) => value === 0).length + paddingCount;
  if (airCount >= cutOut.leastAir * (sorted.length + paddingCount) && zeroCount >= cutOut.leastZeroOfAir * airCount) {
    warnings.push({ code: 'skull-stripped' });
  }
  const tissue = sorted.subarray(sorted.findIndex((value) => value >= air));
  const median = tissue[Math.floor(tissue.length / 2)]!;
  const share = Math.min(1, (median - window.low) / (window.high - window.low));
  if (share > brightestTissue) warnings.push({ code: 'bright-tissue', share });
  return warnings;
}

/** Evenly chosen along the array by a step that no side of a volume shares. */
function sampled(intensities: Float32Array): { readonly finite: Float32Array; readonly paddingCount: number } {
  const step = Math.max(1, Math.floor(intensities.length / samples)) | 1;
  const chosen: number[] = [];
  let paddingCount = 0;
  for (let n = 0; n < intensities.length; n += step) {
    if (Number.isFinite(intensities[n])) chosen.push(intensities[n]!);
    else paddingCount++;
  }
  return { finite: Float32Array.from(chosen), paddingCount };
}

/** As the recipe's first step has it: between two percentiles of what is not zero. */
function windowOf(sorted: Float32Array): { readonly low: number; readonly high: number } {
  const values = sorted.filter((value) => value !== 0);
  const at = (share: number) => values[Math.floor(share * (values.length - 1))] ?? 0;
  return { low: at(0.005), high: at(0.995) };
}

const shareBelow = (sorted: Float32Array, limit: number) =>
  sorted.filter((value) => value < limit).length / sorted.length;

const distinctValues = (sorted: Float32Array) =>
  sorted.reduce((count, value, n) => (n === 0 || value !== sorted[n - 1] ? count + 1 : count), 0);

/** Whether what is not air could be a head's, along the rows and columns of its slices. */
function sizeReasons(intensities: Float32Array, grid: Grid, air: number): readonly string[] {
  const affine = affineOf(grid);
  if (!affine) return [];
  const spacing = spacingOf(affine);
  const [colAxis, rowAxis] = sliceFrameOf(grid).axes;
  const { width, height, values } = middleSlice(intensities, grid);
  const cols = new Set<number>();
  const rows = new Set<number>();
  for (let row = 0, n = 0; row < height; row++) {
    for (let col = 0; col < width; col++, n++) {
      if (!(values[n]! >= air)) continue;
      cols.add(col);
      rows.add(row);
    }
  }
  if (cols.size === 0) return [];
  const extent = (held: ReadonlySet<number>, mm: number) => (Math.max(...held) - Math.min(...held) + 1) * mm;
  const sizes = [extent(cols, spacing[colAxis]), extent(rows, spacing[rowAxis])].map(Math.round);
  const isHead = Math.min(...sizes) >= headMm.least && Math.max(...sizes) <= headMm.most;
  return isHead ? [] : [`${sizes.join(' × ')} mm of tissue in its middle slice`];
}

function middleSlice(intensities: Float32Array, grid: Grid) {
  const layout = sliceLayoutOf(grid, sliceFrameOf(grid));
  const values = new Float32Array(layout.rows * layout.cols);
  readSliceInto(values, intensities, layout, Math.floor(layout.slices / 2));
  return { width: layout.cols, height: layout.rows, values };
}
