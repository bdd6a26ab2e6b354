/** A volume's lesions as a table. */
import { csvText } from '../domain/csvText';
import type { MaskProvenance } from '../domain/provenance';
import type { Lesion } from '../domain/volume';

const columns = [
  'lesion', 'volume_ml', 'longest_diameter_mm', 'perpendicular_diameter_mm', 'centroid_x_ras_mm', 'centroid_y_ras_mm', 'centroid_z_ras_mm',
  'centroid_i', 'centroid_j', 'centroid_k', 'first_slice', 'last_slice', 'voxels', 'mean_probability', 'max_probability', 'rano_bm_measurable',
  'model', 'weights_sha256', 'threshold', 'smallest', 'smallest_unit', 'rejected', 'backend', 'adapter', 'program_version',
] as const; // prettier-ignore

/**
 * RFC 4180, one row a lesion; millimetres empty where nothing is known in millimetres. Voxels and slices count from 0.
 * Without a lesion there is one row without a number, whose volume and voxels are 0: it says how that came about.
 */
export function lesionsCsv(lesions: readonly Lesion[], about: MaskProvenance): string {
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
  ];
  const rows = lesions.map(({ id, extent, centroid, slices, voxelCount, meanProbability, maxProbability }) => [
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
    extent ? (extent.isMeasurable ? 'yes' : 'no') : '',
    ...made,
  ]);
  const none = columns.slice(0, -made.length).map((name) => (name === 'volume_ml' || name === 'voxels' ? 0 : ''));
  return csvText([columns, ...(rows.length > 0 ? rows : [[...none, ...made]])]);
}

const fixed = (value: number, decimals: number) => Number(value.toFixed(decimals));
