/** How the slices of a Grid are looked at: along which axis they lie, and which way up they are. */
import type { Affine, Grid } from './grid';
import { spacingOf } from './spacing';

export type Plane = 'axial' | 'coronal' | 'sagittal';

type Axis = 0 | 1 | 2;

/** A picture's column, row and slice index as axes of the Grid; `isFlipped`: the index runs against the axis. */
export interface SliceFrame {
  readonly axes: readonly [col: Axis, row: Axis, slice: Axis];
  readonly isFlipped: readonly [col: boolean, row: boolean, slice: boolean];
  /** 'none' for a picture: it is taken as it lies. */
  readonly plane: Plane | 'none';
}

/** Where voxels are this much longer one way than another, pictures across the slices are no pictures of a head any more. */
const nearIsotropicRatio = 1.5;

/** Whether the volume can be looked at in all three planes alike. */
export function isNearIsotropic({ dims, space }: Grid): boolean {
  if (space.kind === 'pixels' || Math.min(...dims) === 1) return false;
  const spacing = spacingOf(space.affine);
  return Math.max(...spacing) <= nearIsotropicRatio * Math.min(...spacing) + 1e-6;
}

/** Slices count as an acquisition's own where they lie this much further apart than pixels. */
const ownAxisRatio = 1.25;

const pictureFrame: SliceFrame = { axes: [0, 1, 2], isFlipped: [false, false, false], plane: 'none' };

/**
 * Step 0 of the recipe. The slice axis is the one of a single voxel, else the one with clearly the widest spacing, else
 * (near-isotropic) the one nearest to the body's long axis; so the order of storage never matters. Axial slices have
 * anterior up, sagittal and coronal ones superior up; the patient's right is on the picture's left, sagittal ones face
 * left; slices count from the patient's feet, back and left (the positive ends of RAS are head, front and right).
 */
export function sliceFrameOf({ dims, space }: Grid): SliceFrame {
  if (space.kind === 'pixels') return pictureFrame;
  const nearest = nearestAxes(space.affine);
  const spacing = spacingOf(space.affine).map(roundedMm) as [number, number, number];
  const byWidth = [...([0, 1, 2] as const)].sort((a, b) => spacing[b] - spacing[a]);
  const single = ([0, 1, 2] as const).filter((axis) => dims[axis] === 1);
  const [widest, second] = byWidth as [Axis, Axis, Axis];
  const slice =
    single.length === 1
      ? single[0]!
      : spacing[widest] > ownAxisRatio * spacing[second] + 1e-9
        ? widest
        : ([0, 1, 2] as const).find((axis) => nearest[axis].ras === 2)!;
  const plane = (['sagittal', 'coronal', 'axial'] as const)[nearest[slice].ras];
  // Columns and rows run towards the negative end of their body axis (left, posterior, inferior) in all three planes.
  const [col, row] = ({ axial: [0, 1], coronal: [0, 2], sagittal: [1, 2] } as const)[plane].map((ras) =>
    ([0, 1, 2] as const).find((axis) => nearest[axis].ras === ras)!,
  ) as [Axis, Axis];
  return {
    axes: [col, row, slice],
    isFlipped: [!nearest[col].isNegative, !nearest[row].isNegative, nearest[slice].isNegative],
    plane,
  };
}

/** Where a body axis (0 left–right, 1 posterior–anterior, 2 inferior–superior) lies in the frame of each plane. */
const bodyAxes: Readonly<Record<Plane, readonly [col: number, row: number, slice: number]>> = {
  axial: [0, 1, 2],
  coronal: [0, 2, 1],
  sagittal: [1, 2, 0],
};

export const planes: readonly Plane[] = ['axial', 'coronal', 'sagittal'];

/**
 * The frame of another plane of the same Grid, by the rules of `sliceFrameOf`: columns and rows run to the patient's left,
 * back and feet, slices to the other ends.
 *
 * @throws RangeError for a picture, which has no planes
 */
export function frameOfPlane(grid: Grid, plane: Plane): SliceFrame {
  const own = sliceFrameOf(grid);
  if (own.plane === 'none') throw new RangeError('a picture has no axial, coronal or sagittal plane');
  const ownBody = bodyAxes[own.plane];
  const place = (n: 0 | 1 | 2) => {
    const at = ownBody.indexOf(bodyAxes[plane][n]) as 0 | 1 | 2;
    const isTurned = (at === 2) !== (n === 2);
    return { axis: own.axes[at], isFlipped: own.isFlipped[at] !== isTurned };
  };
  const [col, row, slice] = [place(0), place(1), place(2)];
  return {
    axes: [col.axis, row.axis, slice.axis],
    isFlipped: [col.isFlipped, row.isFlipped, slice.isFlipped],
    plane,
  };
}

/** Headers hold one spacing as float32, as text or as a quaternion: their last digits must not choose the axis. */
const roundedMm = (mm: number) => Math.floor(mm * 1000 + 0.5) / 1000;

interface Nearest {
  /** 0 left–right, 1 posterior–anterior, 2 inferior–superior. */
  readonly ras: 0 | 1 | 2;
  readonly isNegative: boolean;
}

const permutations = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] as const; // prettier-ignore

type Permutation = (typeof permutations)[number];

/**
 * At 45° two assignments are equally near, and the last digit of a cosine, or the order of storage, must not choose between
 * them: sums of |cos| this close are one (0.02° there).
 */
const tieTolerance = 1e-3;

/**
 * For each axis of the Grid the body axis it runs along, each body axis once: the permutation with the largest |cos| in
 * sum. Of several that are equally near the one whose axes, each turned towards its body axis' positive end, point farthest
 * to the right, front and head: the voxels' places decide, not the order in which they are stored.
 */
function nearestAxes(affine: Affine): readonly [Nearest, Nearest, Nearest] {
  const spacing = spacingOf(affine);
  const cosine = (axis: Axis, ras: Axis) => affine[ras][axis] / spacing[axis];
  let best = [...permutations];
  const keepLargest = (measure: (ras: Permutation) => number) => {
    const measures = best.map(measure);
    const least = Math.max(...measures) - tieTolerance;
    best = best.filter((_, n) => measures[n]! >= least);
  };
  const along = (ras: Permutation, body: Axis) => ras.indexOf(body) as Axis;
  const nearness = (ras: Permutation, body: Axis) => Math.abs(cosine(along(ras, body), body));
  keepLargest((ras) => nearness(ras, 0) + nearness(ras, 1) + nearness(ras, 2));
  for (const body of [0, 1, 2] as const) {
    for (const end of [0, 1, 2] as const) {
      keepLargest((ras) => {
        const axis = along(ras, body);
        return cosine(axis, body) < 0 ? -cosine(axis, end) : cosine(axis, end);
      });
    }
  }
  const chosen = best[0]!;
  const nearest = (axis: Axis): Nearest => ({ ras: chosen[axis], isNegative: cosine(axis, chosen[axis]) < 0 });
  return [nearest(0), nearest(1), nearest(2)];
}
