/** The fields of a NIfTI header that say where a volume is, from the input's own header or from its affine. */
import type { Affine, Grid } from '../domain/grid';
import type { Origin } from '../domain/scan';
import { affineOf, spacingOf } from '../domain/spacing';

/** nifti1.h; lengths in the units that `xyztUnits` names. */
export interface NiftiPlace {
  /** qfac, then the voxel's sizes along i, j, k. */
  readonly pixdim: readonly number[];
  readonly xyztUnits: number;
  readonly qformCode: number;
  readonly sformCode: number;
  /** b, c, d, then the offset x, y, z. */
  readonly quatern: readonly number[];
  /** Three rows of four. */
  readonly srow: readonly number[];
}

const millimetres = 2;

export function niftiPlace(grid: Grid, origin: Origin): NiftiPlace {
  const copied = origin.kind === 'nifti' ? placeOfHeader(origin.header) : undefined;
  return copied ?? placeOfAffine(affineOf(grid));
}

/** As written, so that whatever reads the input in one place reads the output there too. Undefined for ANALYZE. */
function placeOfHeader(header: Uint8Array): NiftiPlace | undefined {
  const view = new DataView(header.buffer, header.byteOffset, header.length);
  const isLittle = [348, 540].includes(view.getInt32(0, true));
  const isSecond = view.getInt32(0, isLittle) === 540;
  const reals = (offset: number, count: number) =>
    Array.from({ length: count }, (_, n) =>
      isSecond ? view.getFloat64(offset + 8 * n, isLittle) : view.getFloat32(offset + 4 * n, isLittle),
    );
  if (isSecond) {
    return {
      pixdim: reals(104, 4),
      xyztUnits: view.getInt32(500, isLittle) & 7,
      qformCode: view.getInt32(344, isLittle),
      sformCode: view.getInt32(348, isLittle),
      quatern: reals(352, 6),
      srow: reals(400, 12),
    };
  }
  if (header[344] !== 'n'.charCodeAt(0)) return undefined;
  return {
    pixdim: reals(76, 4),
    xyztUnits: header[123]! & 7,
    qformCode: view.getInt16(252, isLittle),
    sformCode: view.getInt16(254, isLittle),
    quatern: reals(256, 6),
    srow: reals(280, 12),
  };
}

/** Scanner coordinates by both methods; a sheared affine, which a quaternion cannot say, by the sform alone. */
function placeOfAffine(affine: Affine | undefined): NiftiPlace {
  if (!affine) {
    const [quatern, srow] = [Array<number>(6).fill(0), Array<number>(12).fill(0)];
    return { pixdim: [1, 1, 1, 1], xyztUnits: 0, qformCode: 0, sformCode: 0, quatern, srow };
  }
  const spacing = spacingOf(affine);
  const columns = ([0, 1, 2] as const).map((axis) => affine.map((row) => row[axis] / spacing[axis]));
  const [first, second, third] = columns as [number[], number[], number[]];
  const qfac = dot(cross(first, second), third) < 0 ? -1 : 1;
  const isRotation = [dot(first, second), dot(first, third), dot(second, third)].every((cos) => Math.abs(cos) < 1e-4);
  const offset = affine.map((row) => row[3]);
  return {
    pixdim: [qfac, ...spacing],
    xyztUnits: millimetres,
    qformCode: isRotation ? 1 : 0,
    sformCode: 1,
    quatern: [
      ...(isRotation
        ? quaternion(
            first,
            second,
            third.map((value) => value * qfac),
          )
        : [0, 0, 0]),
      ...offset,
    ],
    srow: affine.flat(),
  };
}

const dot = (a: readonly number[], b: readonly number[]) => a.reduce((sum, value, n) => sum + value * b[n]!, 0);

const cross = ([a = 0, b = 0, c = 0]: readonly number[], [x = 0, y = 0, z = 0]: readonly number[]) => [
  b * z - c * y,
  c * x - a * z,
  a * y - b * x,
];

/** b, c, d of the rotation with these columns, a ≥ 0 (nifti1_io.c, nifti_mat44_to_quatern). */
function quaternion(x: readonly number[], y: readonly number[], z: readonly number[]): number[] {
  const [r00, r10, r20] = x as [number, number, number];
  const [r01, r11, r21] = y as [number, number, number];
  const [r02, r12, r22] = z as [number, number, number];
  const a = r00 + r11 + r22 + 1;
  if (a > 0.5) {
    const half = Math.sqrt(a) / 2;
    return [(r21 - r12) / (4 * half), (r02 - r20) / (4 * half), (r10 - r01) / (4 * half)];
  }
  const [xd, yd, zd] = [1 + r00 - r11 - r22, 1 - r00 + r11 - r22, 1 - r00 - r11 + r22];
  const signed = (found: readonly number[], real: number) => (real < 0 ? found.map((value) => -value) : [...found]);
  if (xd >= yd && xd >= zd) {
    const b = Math.sqrt(xd) / 2;
    return signed([b, (r01 + r10) / (4 * b), (r02 + r20) / (4 * b)], r21 - r12);
  }
  if (yd >= zd) {
    const c = Math.sqrt(yd) / 2;
    return signed([(r01 + r10) / (4 * c), c, (r12 + r21) / (4 * c)], r02 - r20);
  }
  const d = Math.sqrt(zd) / 2;
  return signed([(r02 + r20) / (4 * d), (r12 + r21) / (4 * d), d], r10 - r01);
}
