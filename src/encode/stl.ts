/** The lesions as one binary STL file, for planning, printing and looking at. */
import type { Affine } from '../domain/grid';
import type { MaskProvenance } from '../domain/provenance';
import { affineOf, toRas } from '../domain/spacing';
import type { Mask } from '../domain/volume';
import { concatenate } from './bytes';
import { toLps } from './dicomReferences';
import { marchingSurface, type Surface, type VoxelBox } from './marchingSurface';
import { smoothSurface } from './smoothSurface';

const headerBytes = 80;
const triangleBytes = 50;

/**
 * Closed smooth surfaces, one or more a lesion, each lesion's enclosing the volume of its voxels. Millimetres in LPS,
 * DICOM's frame: what 3D Slicer (since 4.11) takes a file of surfaces to be in, and reads in the header as SPACE=LPS.
 *
 * @throws RangeError for a mask without a place in the patient
 */
export function encodeStl(mask: Mask, about: MaskProvenance): Uint8Array {
  const affine = affineOf(mask.grid);
  if (!affine) throw new RangeError('An STL file needs millimetres.');
  const parts = [...lesionBoxes(mask)]
    .sort(([a], [b]) => a - b)
    .map(([id, { box, voxelCount }]) => triangles(lesionSurface(mask, id, box, voxelCount), affine));
  const head = new Uint8Array(headerBytes + 4);
  head.set(new TextEncoder().encode(headerText(about)).subarray(0, headerBytes));
  const count = parts.reduce((sum, part) => sum + part.length / triangleBytes, 0);
  new DataView(head.buffer).setUint32(headerBytes, count, true);
  return concatenate([head, ...parts]);
}

/**
 * 80 bytes: the model's id whole (the shipped ones have up to 20 characters), all that decides on the mask, the backend's
 * name, and of the weights' hash 12 digits or as many as are left. It must not begin with "solid", which means a file of
 * text. SPACE=LPS is for 3D Slicer.
 */
function headerText(about: MaskProvenance): string {
  const directions = about.isTriPlanar ? ' 3PLANES' : '';
  const review = about.rejectedCount === 0 ? '' : ` REJ=${about.rejectedCount}`;
  const made = `metsight ${about.programVersion} SPACE=LPS ${about.modelId} p>=${about.threshold}`;
  return `${made}${directions}${review} ${about.backend} ${about.weightsSha256.slice(0, 12)}`;
}

interface Boxed {
  readonly box: VoxelBox;
  readonly voxelCount: number;
}

function lesionBoxes({ grid, labels }: Mask): ReadonlyMap<number, Boxed> {
  const [ni, nj] = grid.dims;
  const boxes = new Map<number, Boxed>();
  labels.forEach((id, voxel) => {
    if (id === 0) return;
    const place = [voxel % ni, Math.floor(voxel / ni) % nj, Math.floor(voxel / (ni * nj))] as const;
    const { box, voxelCount } = boxes.get(id) ?? { box: { low: place, high: place }, voxelCount: 0 };
    const extreme = (of: (a: number, b: number) => number, [i, j, k]: VoxelBox['low']) =>
      [of(i, place[0]), of(j, place[1]), of(k, place[2])] as const;
    boxes.set(id, {
      box: { low: extreme(Math.min, box.low), high: extreme(Math.max, box.high) },
      voxelCount: voxelCount + 1,
    });
  });
  return boxes;
}

function lesionSurface({ grid, labels }: Mask, id: number, box: VoxelBox, voxelCount: number): Surface {
  const [ni, nj] = grid.dims;
  return smoothSurface(
    marchingSurface((i, j, k) => labels[i + ni * (j + nj * k)] === id, box),
    voxelCount,
  );
}

/** 50 bytes each: normal, three corners (float32), two bytes of nothing. */
function triangles(surface: Surface, affine: Affine): Uint8Array {
  const points = Array.from({ length: surface.points.length / 3 }, (_, n) => {
    const [i, j, k] = [surface.points[3 * n]!, surface.points[3 * n + 1]!, surface.points[3 * n + 2]!];
    return toLps(toRas(affine, [i, j, k]));
  });
  // A left-handed grid turns the triangles inside out; LPS and RAS are of one hand.
  const order = isRightHanded(affine) ? [0, 1, 2] : [0, 2, 1];
  const view = new DataView(new ArrayBuffer((surface.triangles.length / 3) * triangleBytes));
  for (let n = 0; n < surface.triangles.length / 3; n++) {
    const corners = order.map((of) => points[surface.triangles[3 * n + of]!]!) as [number[], number[], number[]];
    [normalOf(...corners), ...corners].flat().forEach((value, at) => {
      view.setFloat32(n * triangleBytes + 4 * at, value, true);
    });
  }
  return new Uint8Array(view.buffer);
}

function normalOf(a: readonly number[], b: readonly number[], c: readonly number[]): number[] {
  const [u, v] = [b, c].map((corner) => corner.map((value, axis) => value - a[axis]!)) as [number[], number[]];
  const normal = cross(u, v);
  const length = Math.hypot(...normal);
  return length > 0 ? normal.map((value) => value / length) : [0, 0, 0];
}

const cross = ([a = 0, b = 0, c = 0]: readonly number[], [x = 0, y = 0, z = 0]: readonly number[]) => [
  b * z - c * y,
  c * x - a * z,
  a * y - b * x,
];

function isRightHanded(affine: Affine): boolean {
  const column = (axis: 0 | 1 | 2) => affine.map((row) => row[axis]);
  return cross(column(0), column(1)).reduce((sum, value, n) => sum + value * column(2)[n]!, 0) > 0;
}
