import type { Affine } from '../domain/grid';
import { corrupt } from './failures';
import type { NiftiHeader } from './niftiHeader';
import { affineOfColumns, type Vector } from './patientSpace';

/**
 * Voxel → RAS millimetres, as nibabel chooses: the sform where its code says so, else the qform, else (method 1 of
 * nifti1.h) voxel sizes alone, with i running to the patient's left and the middle of the volume at 0.
 *
 * @returns undefined where the voxel sizes it would need are missing
 * @throws PipelineFailure 'corrupt-file' if the quaternion cannot be one
 */
export function niftiAffine(header: NiftiHeader): Affine | undefined {
  const { sform, qform, unitMm } = header;
  const inMm = (value: number) => value * unitMm;
  if (sform) {
    const [x, y, z] = sform.map((row) => row.map(inMm)) as unknown as Affine;
    return [x, y, z];
  }
  // Negative sizes are a mistake that readers forgive; 0 is no size.
  const size = header.voxelSize.map((side) => Math.abs(inMm(side))) as unknown as Vector;
  if (size.includes(0)) return undefined;
  if (!qform) {
    const [ni, nj, nk] = header.dims;
    const origin: Vector = [((ni - 1) / 2) * size[0], (-(nj - 1) / 2) * size[1], (-(nk - 1) / 2) * size[2]];
    return affineOfColumns([[-size[0], 0, 0], [0, size[1], 0], [0, 0, size[2]]], origin); // prettier-ignore
  }
  const columns = rotationColumns(qform.bcd, header.version);
  const lengths = [size[0], size[1], size[2] * qform.qfac];
  const steps = columns.map((column, axis) => column.map((value) => value * lengths[axis]!) as unknown as Vector);
  return affineOfColumns(steps, qform.offset.map(inMm) as unknown as Vector);
}

/** Three times the step between float32 numbers at 1, as in nibabel: how far a rounded unit quaternion may be beyond 1. */
const rounding = 3 * 2 ** -23;

/** nifti1.h, method 2: a = √(1 − b² − c² − d²), and the columns of the rotation. */
function rotationColumns([b, c, d]: Vector, format: string): readonly [Vector, Vector, Vector] {
  const left = 1 - (b * b + c * c + d * d);
  if (!(left > -rounding)) throw corrupt(format, 'its quaternion is longer than 1');
  const a = Math.abs(left) < rounding ? 0 : Math.sqrt(left);
  const s = 2 / (a * a + b * b + c * c + d * d);
  return [
    [1 - s * (c * c + d * d), s * (b * c + a * d), s * (b * d - a * c)],
    [s * (b * c - a * d), 1 - s * (b * b + d * d), s * (c * d + a * b)],
    [s * (b * d + a * c), s * (c * d - a * b), 1 - s * (b * b + c * c)],
  ];
}
