/** The headers of NIfTI-1 (348 bytes), NIfTI-2 (540) and ANALYZE 7.5, field by field, as facts. */
import type { Dims } from '../domain/grid';
import { corrupt, unsupported } from './failures';
import type { VoxelCoding, VoxelType } from './voxels';

export type NiftiVersion = 'NIfTI-1' | 'NIfTI-2' | 'ANALYZE';

export interface NiftiHeader {
  readonly version: NiftiVersion;
  /** The voxels are in a file of their own. */
  readonly isPair: boolean;
  readonly dims: Dims;
  /** Along the fourth axis; 1 where there is none. */
  readonly volumeCount: number;
  readonly coding: VoxelCoding;
  /** Where the voxels begin in the file that holds them. */
  readonly dataOffset: number;
  /** Millimetres in one unit of everything below. */
  readonly unitMm: number;
  /** Sizes along i, j, k; 0 where they are missing. */
  readonly voxelSize: readonly [number, number, number];
  /** Method 2 of nifti1.h: quaternion b, c, d, offset, and the handedness of the third axis. */
  readonly qform: { readonly bcd: Triple; readonly offset: Triple; readonly qfac: 1 | -1 } | undefined;
  /** Method 3: the affine's rows. */
  readonly sform: readonly [Quad, Quad, Quad] | undefined;
}

type Triple = readonly [number, number, number];
type Quad = readonly [number, number, number, number];

export const nifti1Bytes = 348;
export const nifti2Bytes = 540;

/** Which of the three the bytes begin, or undefined. */
export function niftiVersionOf(head: Uint8Array): NiftiVersion | undefined {
  const has = (offset: number, signature: string) =>
    [...signature].every((letter, i) => head[offset + i] === letter.charCodeAt(0));
  const size = headerSize(head);
  if (size?.bytes === nifti2Bytes && (has(4, 'n+2\0') || has(4, 'ni2\0'))) return 'NIfTI-2';
  if (size?.bytes !== nifti1Bytes || head.length < nifti1Bytes) return undefined;
  return has(344, 'n+1\0') || has(344, 'ni1\0') ? 'NIfTI-1' : 'ANALYZE';
}

/** `sizeof_hdr` is the first field of all three, and tells the byte order. */
function headerSize(head: Uint8Array): { readonly bytes: number; readonly isLittleEndian: boolean } | undefined {
  if (head.length < 4) return undefined;
  const view = new DataView(head.buffer, head.byteOffset, head.length);
  for (const isLittleEndian of [true, false]) {
    const bytes = view.getInt32(0, isLittleEndian);
    if (bytes === nifti1Bytes || bytes === nifti2Bytes) return { bytes, isLittleEndian };
  }
  return undefined;
}

/** Where the fields are (nifti1.h, nifti2.h). */
const layouts = {
  1: { dim: 40, datatype: 70, pixdim: 76, offset: 108, slope: 112, units: 123, codes: 252, quatern: 256, rows: 280, magic: 344 },
  2: { dim: 16, datatype: 12, pixdim: 104, offset: 168, slope: 176, units: 500, codes: 344, quatern: 352, rows: 400, magic: 4 },
} as const; // prettier-ignore

/**
 * @param bytes  at least the header's own length
 * @throws PipelineFailure 'corrupt-file' (dims, voxel offset or intercept that cannot be), 'unsupported-variant' (colour,
 *   complex or 128-bit voxels, more than four dimensions)
 */
export function parseNiftiHeader(bytes: Uint8Array, version: NiftiVersion): NiftiHeader {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  const { isLittleEndian } = headerSize(bytes)!;
  const isSecond = version === 'NIfTI-2';
  const at = layouts[isSecond ? 2 : 1];
  const int16 = (offset: number) => view.getInt16(offset, isLittleEndian);
  const int32 = (offset: number) => view.getInt32(offset, isLittleEndian);
  /** Lengths and offsets: 16 or 32 bit in version 1, 64 bit in version 2. */
  const int64 = (offset: number) => Number(view.getBigInt64(offset, isLittleEndian));
  const real = (offset: number, n = 0) =>
    isSecond ? view.getFloat64(offset + 8 * n, isLittleEndian) : view.getFloat32(offset + 4 * n, isLittleEndian);
  const triple = (offset: number, n = 0): Triple => [real(offset, n), real(offset, n + 1), real(offset, n + 2)];
  const code = (n: number) => (isSecond ? int32(at.codes + 4 * n) : int16(at.codes + 2 * n));

  const isPair = version === 'ANALYZE' || bytes[at.magic + 1] === 'i'.charCodeAt(0);
  const dim = Array.from({ length: 8 }, (_, n) => (isSecond ? int64(at.dim + 8 * n) : int16(at.dim + 2 * n)));
  const offset = isSecond ? int64(at.offset) : real(at.offset);
  const units = isSecond ? int32(at.units) : bytes[at.units]!;
  const scale = scaling(real(at.slope), version === 'ANALYZE' ? 0 : real(at.slope, 1), version);
  const knowsPlace = version !== 'ANALYZE';
  return {
    version,
    isPair,
    ...extent(dim, version),
    coding: { type: voxelType(int16(at.datatype), version), isLittleEndian, ...scale },
    dataOffset: dataOffset(offset, isPair, version),
    unitMm: (knowsPlace && unitsMm[units & 7]) || 1,
    voxelSize: triple(at.pixdim, 1),
    qform:
      knowsPlace && isKnownCode(code(0))
        ? {
            bcd: triple(at.quatern),
            offset: triple(at.quatern, 3),
            // "If pixdim[0] is 0 it is taken as 1" (nifti1.h); anything but −1 is read so, as nibabel does.
            qfac: real(at.pixdim) === -1 ? -1 : 1,
          }
        : undefined,
    sform:
      knowsPlace && isKnownCode(code(1))
        ? [
            [...triple(at.rows), real(at.rows, 3)],
            [...triple(at.rows, 4), real(at.rows, 7)],
            [...triple(at.rows, 8), real(at.rows, 11)],
          ]
        : undefined,
  };
}

/** NIFTI_UNITS_METER, _MM, _MICRON. */
const unitsMm: Readonly<Record<number, number>> = { 1: 1000, 2: 1, 3: 0.001 };

/** NIFTI_XFORM_SCANNER_ANAT to _TEMPLATE_OTHER; other codes mean nothing, and nibabel takes them as 0 too. */
const isKnownCode = (code: number) => code >= 1 && code <= 5;

function extent(dim: readonly number[], format: string): { readonly dims: Dims; readonly volumeCount: number } {
  const rank = dim[0]!;
  if (rank < 1 || rank > 7) throw corrupt(format, 'its number of dimensions is not 1 to 7');
  const side = (axis: number) => (axis <= rank ? dim[axis]! : 1);
  if ([5, 6, 7].some((axis) => side(axis) > 1)) throw unsupported(`5-D ${format} file (vectors or several channels)`);
  if (side(4) < 1) throw corrupt(format, 'its fourth dimension has no volumes');
  return { dims: [side(1), side(2), side(3)], volumeCount: side(4) };
}

const voxelTypes: Readonly<Record<number, VoxelType>> = {
  2: 'uint8',
  4: 'int16',
  8: 'int32',
  16: 'float32',
  64: 'float64',
  256: 'int8',
  512: 'uint16',
  768: 'uint32',
  1024: 'int64',
  1280: 'uint64',
};

const refusedTypes: Readonly<Record<number, string>> = {
  1: '1-bit',
  32: 'complex-valued',
  128: 'colour (RGB)',
  1536: '128-bit float',
  1792: 'complex-valued',
  2048: 'complex-valued',
  2304: 'colour (RGBA)',
};

function voxelType(code: number, format: string): VoxelType {
  const type = voxelTypes[code];
  if (type !== undefined) return type;
  const refused = refusedTypes[code];
  throw refused ? unsupported(`${refused} ${format} file`) : corrupt(format, 'its voxel type is not one that exists');
}

/** "If scl_slope is nonzero …" (nifti1.h); NaN and infinities count as not set, as in nibabel. */
function scaling(slope: number, intercept: number, format: string) {
  if (slope === 0 || !Number.isFinite(slope)) return { slope: 1, intercept: 0 };
  if (!Number.isFinite(intercept)) throw corrupt(format, 'its intercept (scl_inter) is not a number');
  return { slope, intercept };
}

/** A single file has at least its header and the four bytes that tell of extensions before the voxels. */
function dataOffset(offset: number, isPair: boolean, version: NiftiVersion): number {
  const least = isPair ? 0 : (version === 'NIfTI-2' ? nifti2Bytes : nifti1Bytes) + 4;
  if (offset === 0) return least;
  if (!(offset >= least && Number.isSafeInteger(Math.floor(offset)))) {
    throw corrupt(version, 'its voxels would begin inside the header');
  }
  return Math.floor(offset);
}
