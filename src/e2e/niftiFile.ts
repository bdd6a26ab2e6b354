/** A NIfTI-1 file, written here by its own header's words, to hold what the program writes against. */
import { drawPhantom } from '../domain/phantom';
import type { Picture } from './journey';

export interface NiftiFields {
  readonly dims: readonly number[];
  /** Three rows of four: from voxels to RAS in millimetres. */
  readonly sform: readonly number[];
  readonly datatype: number;
  readonly voxels: Buffer;
}

/** nifti1.h, little endian; `bytes` are not compressed. */
export function readNifti(bytes: Buffer): NiftiFields {
  if (bytes.readInt32LE(0) !== 348) throw new Error('no NIfTI-1 of little endian');
  return {
    dims: [42, 44, 46].map((offset) => bytes.readInt16LE(offset)),
    sform: Array.from({ length: 12 }, (_, n) => bytes.readFloatLE(280 + 4 * n)),
    datatype: bytes.readInt16LE(70),
    voxels: bytes.subarray(bytes.readFloatLE(108)),
  };
}

/** An oblique axial volume of int16: the phantom, `slices` times. */
export function phantomNifti(slices: number, name = 'phantom.nii'): Picture {
  const { grid, intensities } = drawPhantom();
  const [cols, rows] = grid.dims;
  const [cosine, sine] = [Math.cos(0.1), Math.sin(0.1)];
  // Columns run to the right, rows to the back (so that the first row is the front), slices up, tilted about x.
  const sform = [0.94, 0, 0, -100, 0, -0.94 * cosine, -5 * sine, 120, 0, -0.94 * sine, 5 * cosine, -10];
  const header = Buffer.alloc(352);
  header.writeInt32LE(348, 0);
  [3, cols, rows, slices, 1, 1, 1, 1].forEach((length, n) => header.writeInt16LE(length, 40 + 2 * n));
  header.writeInt16LE(4, 70); // datatype: int16
  header.writeInt16LE(16, 72); // bitpix
  [1, 0.94, 0.94, 5, 0, 0, 0, 0].forEach((size, n) => header.writeFloatLE(size, 76 + 4 * n));
  header.writeFloatLE(352, 108); // vox_offset
  header.writeFloatLE(1, 112); // scl_slope
  header.writeUInt8(2, 123); // xyzt_units: mm
  header.writeInt16LE(1, 254); // sform_code: scanner
  sform.forEach((value, n) => header.writeFloatLE(value, 280 + 4 * n));
  header.write('n+1\0', 344, 'latin1');
  const slice = Buffer.from(Int16Array.from(intensities, (value) => 4 * value).buffer);
  return {
    name,
    buffer: Buffer.concat([header, ...Array<Buffer>(slices).fill(slice)]),
    mimeType: 'application/octet-stream',
  };
}
