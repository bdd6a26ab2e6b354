import type { Dims } from '../domain/grid';
import type { Warning } from '../domain/warnings';
import type { ByteSource } from './byteSource';
import { corrupt, truncated, unsupported } from './failures';
import { affineOfColumns, patientSpace, type Vector } from './patientSpace';
import type { StoredVolume } from './storedVolume';
import { checkVolumeDims } from './volumeBounds';
import type { VoxelType } from './voxels';

/** FreeSurfer's MghFormat: everything big-endian, voxels at a fixed place. */
const headerBytes = 284;
const at = { version: 0, dims: 4, type: 20, goodRas: 28, spacing: 30, directions: 42, center: 78 } as const;

const types: Readonly<Record<number, VoxelType>> = { 0: 'uint8', 1: 'int32', 3: 'float32', 4: 'int16', 10: 'uint16' };

/** There is no signature but the version, 1: dims and type must make sense too. */
export function isMgh(head: Uint8Array): boolean {
  if (head.length < headerBytes) return false;
  const int32 = int32Of(head);
  const dims = [0, 1, 2, 3].map((axis) => int32(at.dims + 4 * axis));
  const type = int32(at.type);
  return int32(at.version) === 1 && dims.every((side) => side > 0) && type >= 0 && type <= 10;
}

const int32Of = (bytes: Uint8Array) => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return (offset: number) => view.getInt32(offset);
};

/**
 * MGH and MGZ.
 *
 * @param file  stands at the header's first byte
 * @throws PipelineFailure 'truncated-file', 'corrupt-file', 'unsupported-variant', 'volume-too-large', 'image-too-small'
 */
export async function readMgh(file: ByteSource): Promise<StoredVolume> {
  const bytes = await file.read(headerBytes);
  if (bytes.length < headerBytes) throw truncated('MGH');
  const view = new DataView(bytes.buffer);
  const dims: Dims = [view.getInt32(at.dims), view.getInt32(at.dims + 4), view.getInt32(at.dims + 8)];
  const volumeCount = view.getInt32(at.dims + 12);
  checkVolumeDims('MGH', dims);
  const type = types[view.getInt32(at.type)];
  if (type === undefined) throw unsupported('MGH file of an unusual voxel type');

  const isPlaceKnown = view.getInt16(at.goodRas) > 0;
  const vector = (offset: number): Vector => [
    view.getFloat32(offset),
    view.getFloat32(offset + 4),
    view.getFloat32(offset + 8),
  ];
  const { space, warnings } = isPlaceKnown
    ? patientSpace(
        centered(
          vector(at.spacing),
          [vector(at.directions), vector(at.directions + 12), vector(at.directions + 24)],
          vector(at.center),
          dims,
        ),
        dims,
        'MGH',
      )
    : patientSpace(centered([1, 1, 1], coronal, [0, 0, 0], dims), dims, 'MGH');
  const more: Warning[] = [];
  if (!isPlaceKnown) more.push({ code: 'place-unknown' });
  if (volumeCount > 1) more.push({ code: 'first-of-volumes', volumeCount });
  if (volumeCount < 1) throw corrupt('MGH', 'it has no volumes');
  return {
    format: 'MGH',
    dims,
    space,
    coding: { type, isLittleEndian: false, slope: 1, intercept: 0 },
    data: file,
    origin: { kind: 'volume', format: 'MGH' },
    warnings: [...warnings, ...more],
  };
}

/** "If goodRASFlag is 0": i to the left, j down, k to the front. */
const coronal: readonly Vector[] = [[-1, 0, 0], [0, 0, -1], [0, 1, 0]]; // prettier-ignore

/** `center` (c_ras) is the place of voxel dims / 2, which is half a voxel beyond the middle. */
function centered(spacing: Vector, directions: readonly Vector[], center: Vector, dims: Dims) {
  const steps = directions.map(
    (direction, axis) => direction.map((part) => part * spacing[axis]!) as unknown as Vector,
  );
  const first = ([0, 1, 2] as const).map(
    (row) => center[row] - steps.reduce((sum, step, axis) => sum + (step[row] * dims[axis]!) / 2, 0),
  ) as unknown as Vector;
  return affineOfColumns(steps, first);
}
