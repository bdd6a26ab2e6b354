/** A lesion in millimetres. */
import type { Affine } from '../domain/grid';
import { ranoBm } from '../domain/ranoBm';
import type { SliceFrame } from '../domain/sliceFrame';
import { sliceDistanceMm, spacingOf, toRas, voxelCountToMm3 } from '../domain/spacing';
import type { LesionExtent } from '../domain/volume';
import { longestOf, outlineOf, perpendicularOf, sameMm, type PlaneSteps, type SliceSpans } from './diameters';

/** Headers of float32: a slice of 5 mm may say 5.0000002. */
const headerMm = 1e-3;

/** A lesion's slices, all that it lies in, from index `first` on along the Grid's slice axis. */
export interface LesionSlices {
  readonly first: number;
  readonly spans: readonly SliceSpans[];
}

/**
 * @param centroid  in voxels of the Grid
 * @param slices  spans along the frame's columns, line by line of its rows
 */
export function extentOf(
  affine: Affine,
  frame: SliceFrame,
  voxelCount: number,
  centroid: readonly [i: number, j: number, k: number],
  slices: LesionSlices,
): LesionExtent {
  const { longestMm, perpendicularMm, slice } = largestDiameters(slices, planeSteps(affine, frame), frame.isFlipped[2]);
  return {
    volumeMm3: voxelCountToMm3(voxelCount, affine),
    longestDiameterMm: longestMm,
    perpendicularDiameterMm: perpendicularMm,
    diameterSlice: slice,
    centroidRas: toRas(affine, centroid),
    isMeasurable:
      longestMm >= ranoBm.longestMm - headerMm &&
      perpendicularMm >= ranoBm.perpendicularMm - headerMm &&
      sliceDistanceMm(affine, frame.axes[2]) <= ranoBm.sliceMm + headerMm,
  };
}

/** The longest diameter of any slice; among equals the widest across it, then the first slice in the frame's order. */
function largestDiameters({ first, spans }: LesionSlices, steps: PlaneSteps, isFlipped: boolean) {
  const outlines = spans.map((slice) => outlineOf(slice, steps));
  const longest = outlines.map((outline) => longestOf(outline));
  const longestMm = Math.max(...longest);
  const largest = [...outlines.keys()].filter((n) => longest[n]! >= longestMm - sameMm);
  if (isFlipped) largest.reverse();
  let perpendicularMm = 0;
  let slice = first;
  for (const n of largest) {
    const across = perpendicularOf(outlines[n]!, longest[n]!);
    if (across <= perpendicularMm + sameMm) continue;
    perpendicularMm = across;
    slice = first + n;
  }
  return { longestMm, perpendicularMm, slice };
}

/** The frame's column and row directions in millimetres of the slice's own plane; oblique ones need not be at right angles. */
function planeSteps(affine: Affine, { axes: [col, row] }: SliceFrame): PlaneSteps {
  const spacing = spacingOf(affine);
  const dot = affine.reduce((sum, line) => sum + line[col] * line[row], 0);
  const x = dot / spacing[col];
  return { colStep: [spacing[col], 0], rowStep: [x, Math.sqrt(Math.max(0, spacing[row] ** 2 - x ** 2))] };
}
