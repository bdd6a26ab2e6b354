import type { Dims } from '../domain/grid';
import type { Warning } from '../domain/warnings';
import { corrupt } from './failures';
import { numbersOf, vectorOf } from './headerText';
import type { NrrdFields } from './nrrd';
import { affineOfColumns, assumedThicknessMm, patientSpace, unplaced, type Vector } from './patientSpace';

/** Signs that take each named space to RAS; "-time" variants have a fourth axis that is not in space. */
const spaces: readonly (readonly [RegExp, Vector])[] = [
  [/^(right-anterior-superior|ras)(-time|t)?$/, [1, 1, 1]],
  [/^(left-anterior-superior|las)(-time|t)?$/, [-1, 1, 1]],
  [/^(left-posterior-superior|lps)(-time|t)?$/, [-1, -1, 1]],
];

const unitsMm: Readonly<Record<string, number>> = { mm: 1, cm: 10, m: 1000, um: 0.001, µm: 0.001 };

/**
 * @param axes  which axes of the file are i, j, k
 * @throws PipelineFailure 'corrupt-file' if the directions contradict themselves or are degenerate
 */
export function nrrdSpace(fields: NrrdFields, axes: readonly number[], dims: Dims) {
  const named = spaces.find(([name]) => name.test(fields.get('space')?.toLowerCase() ?? ''));
  const toRas = named?.[1] ?? ([1, 1, 1] as const);
  const steps = named && stepsOf(fields, axes);
  if (!steps) return spacingOnly(fields, axes, dims);
  const unit =
    unitsMm[
      /"([^"]*)"/
        .exec(fields.get('space units') ?? '')?.[1]
        ?.trim()
        .toLowerCase() ?? 'mm'
    ] ?? 1;
  const inRas = (vector: Vector) => vector.map((value, r) => value * toRas[r]! * unit) as unknown as Vector;
  const origin = vectorOf(numbersOf((fields.get('space origin') ?? '(0,0,0)').replace(/[()]/g, ' ')));
  if (!origin) throw corrupt('NRRD', 'its space origin does not have three numbers');
  // One slice may come without a third direction: at a right angle to the other two.
  const [i, j, k] = steps.map(inRas) as [Vector, Vector, Vector | undefined];
  const placed = patientSpace(affineOfColumns([i, j, k ?? cross(i, j)], inRas(origin)), dims, 'NRRD');
  return k === undefined ? withAssumedThickness(placed) : placed;
}

/** One an axis of the file, "none" or "(x, y, z)"; undefined where the field is missing. */
export function directionsOf(fields: NrrdFields): readonly string[] | undefined {
  const text = fields.get('space directions');
  return text === undefined ? undefined : (text.match(/none|\([^()]*\)/gi) ?? []);
}

function stepsOf(fields: NrrdFields, axes: readonly number[]): readonly Vector[] | undefined {
  const directions = directionsOf(fields);
  return (
    directions &&
    axes.map((axis) => {
      const step = vectorOf(numbersOf((directions[axis] ?? '').replace(/[()]/g, ' ')));
      if (!step) throw corrupt('NRRD', 'its space directions do not have three numbers each');
      return step;
    })
  );
}

/** No place in the patient, only `spacings`: i to the left, j to the back, k up, as the LPS that most programs write. */
function spacingOnly(fields: NrrdFields, axes: readonly number[], dims: Dims) {
  const fromSteps = stepsOf(fields, axes)?.map((step) => Math.hypot(...step));
  const all = fromSteps ?? axes.map((axis) => numbersOf(fields.get('spacings') ?? '')[axis] ?? NaN);
  const isFlat = axes.length === 2;
  const spacing = vectorOf(isFlat ? [...all, assumedThicknessMm] : all);
  if (!spacing || !spacing.every((side) => side > 0)) return unplaced;
  const [x, y, z] = spacing;
  const { space, warnings } = patientSpace(
    affineOfColumns([[-x, 0, 0], [0, -y, 0], [0, 0, z]], [0, 0, 0]), // prettier-ignore
    dims,
    'NRRD',
  );
  const unknown: readonly Warning[] = space.kind === 'pixels' ? [] : [{ code: 'place-unknown' }];
  const placed = { space, warnings: [...warnings, ...unknown] };
  return isFlat ? withAssumedThickness(placed) : placed;
}

const withAssumedThickness = ({ space, warnings }: ReturnType<typeof patientSpace>): typeof unplaced => ({
  space,
  warnings: space.kind === 'pixels' ? warnings : [...warnings, { code: 'thickness-assumed', mm: assumedThicknessMm }],
});

/** Of the assumed thickness. */
function cross(a: Vector, b: Vector): Vector {
  const product: Vector = [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
  const length = Math.hypot(...product);
  return product.map((part) => (part / length) * assumedThicknessMm) as unknown as Vector;
}
