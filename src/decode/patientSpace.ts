/** Whether a header's affine can be believed: the one check that every volume format goes through. */
import type { Affine, Dims, Space } from '../domain/grid';
import { spacingOf, voxelVolumeMm3 } from '../domain/spacing';
import type { Warning } from '../domain/warnings';
import { corrupt } from './failures';

/** Finest and longest that a picture of a head can be: voxels of 0.02 mm, a side of 1024 mm. */
const finestMm = 0.02;
const longestSideMm = 1024;

/** Of a single slice that gives none: about what is acquired. */
export const assumedThicknessMm = 1;

/** Sine-like measure of how far the three axes are from one plane: 1 if at right angles. */
const leastSpread = 1e-3;

interface Placed {
  readonly space: Space;
  readonly warnings: readonly Warning[];
}

/** Nothing can be said in millimetres. */
export const unplaced: Placed = { space: { kind: 'pixels' }, warnings: [{ code: 'spacing-unusable' }] };

/**
 * @param affine  to RAS millimetres
 * @returns the patient's space, or pixels and a warning where the size cannot be a head's (a wrong unit, a forgotten size)
 * @throws PipelineFailure 'corrupt-file' if it is not finite, or puts all voxels in one plane
 */
export function patientSpace(affine: Affine, dims: Dims, format: string): Placed {
  if (!affine.flat().every(Number.isFinite)) throw corrupt(format, 'its affine has values that are not numbers');
  const spacing = spacingOf(affine);
  const product = spacing[0] * spacing[1] * spacing[2];
  if (!(voxelVolumeMm3(affine) > leastSpread * product)) {
    throw corrupt(format, 'its affine is degenerate: it puts all voxels in one plane');
  }
  const isPlausible = ([0, 1, 2] as const).every(
    (axis) => spacing[axis] >= finestMm && (dims[axis] === 1 || spacing[axis] * dims[axis] <= longestSideMm),
  );
  return isPlausible ? { space: { kind: 'patient', affine }, warnings: [] } : unplaced;
}

/** The affine whose columns are the steps along i, j, k and the place of the first voxel, all in RAS millimetres. */
export function affineOfColumns(steps: readonly Vector[], origin: Vector): Affine {
  const row = (r: 0 | 1 | 2) => [steps[0]![r], steps[1]![r], steps[2]![r], origin[r]] as const;
  return [row(0), row(1), row(2)];
}

export type Vector = readonly [number, number, number];

/** ITK's and DICOM's frame → NIfTI's: left → right, posterior → anterior. */
export const lpsToRas = ([x, y, z]: Vector): Vector => [-x, -y, z];
