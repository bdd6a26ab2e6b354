/** One network's lesions as a table, of a picture as of a volume. */
import { csvText } from '../domain/csvText';
import type { Result } from '../domain/exportFormat';
import { isInTwoSlices, ranoBmRule } from '../domain/ranoBm';
import { sliceFrameOf } from '../domain/sliceFrame';
import type { Lesion } from '../domain/volume';

const columns = [
  'lesion', 'volume_ml', 'longest_diameter_mm', 'perpendicular_diameter_mm', 'centroid_x_ras_mm', 'centroid_y_ras_mm', 'centroid_z_ras_mm',
  'centroid_i', 'centroid_j', 'centroid_k', 'first_slice', 'last_slice', 'voxels', 'mean_probability', 'max_probability',
  'rano_bm_measurable', 'in_two_slices', 'place', 'found_by', 'overlap_dice',
  'model', 'weights_sha256', 'threshold', 'smallest', 'smallest_unit', 'rejected', 'backend', 'adapter', 'program_version',
  'tri_planar', 'compared_with', 'slice_axis', 'slice_index_from', 'rano_bm_rule',
] as const; // prettier-ignore

/**
 * RFC 4180, one row a lesion; what is of millimetres is empty where nothing is known in them. Voxels and slices count from 0,
 * in the order of storage. Without a lesion there is one row without a number, whose volume and voxels are 0: it says how
 * that came about. `place` and `overlap_dice` are empty, and `found_by` is the model alone, where no other has looked.
 */
export function lesionsCsv({
  lesions,
  mask,
  about,
  agreement,
}: Pick<Result, 'lesions' | 'mask' | 'about' | 'agreement'>): string {
  const isMetric = mask.grid.space.kind === 'patient';
  const made = [
    about.modelId,
    about.weightsSha256,
    about.threshold,
    about.minSize.value,
    about.minSize.unit,
    about.rejectedCount,
    about.backend,
    about.adapter,
    about.programVersion,
    yesNo(about.isTriPlanar),
    (agreement?.comparedWith ?? []).join(' '),
    'ijk'[sliceFrameOf(mask.grid).axes[2]]!,
    0,
    isMetric ? ranoBmRule : '',
  ];
  const agreed = ({ id }: Lesion) => {
    const found = agreement?.lesions.get(id);
    if (!found) return ['', about.modelId, ''];
    return [found.place, found.foundBy.join(' '), found.overlaps.map((dice) => fixed(dice, 4)).join(' ')];
  };
  const rows = lesions.map((lesion) => {
    const { id, extent, centroid, slices, voxelCount, meanProbability, maxProbability } = lesion;
    return [
      id,
      extent ? fixed(extent.volumeMm3 / 1000, 4) : '',
      extent ? fixed(extent.longestDiameterMm, 2) : '',
      extent ? fixed(extent.perpendicularDiameterMm, 2) : '',
      ...(extent ? extent.centroidRas.map((axis) => fixed(axis, 2)) : ['', '', '']),
      ...centroid.map((axis) => fixed(axis, 2)),
      ...slices,
      voxelCount,
      fixed(meanProbability, 6),
      fixed(maxProbability, 6),
      extent ? yesNo(extent.isMeasurable) : '',
      yesNo(isInTwoSlices(lesion)),
      ...agreed(lesion),
      ...made,
    ];
  });
  const none = columns
    .slice(0, -made.length)
    .map((name) => (name === 'voxels' || (name === 'volume_ml' && isMetric) ? 0 : ''));
  return csvText([columns, ...(rows.length > 0 ? rows : [[...none, ...made]])]);
}

const yesNo = (is: boolean) => (is ? 'yes' : 'no');

const fixed = (value: number, decimals: number) => Number(value.toFixed(decimals));
