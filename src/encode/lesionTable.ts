import type { Lesion } from '../domain/volume';

const columns: readonly (readonly [heading: string, cell: (lesion: Lesion) => string])[] = [
  ['id', ({ id }) => String(id)],
  ['voxelCount', ({ voxelCount }) => String(voxelCount)],
  ['centroidI', ({ centroid }) => centroid[0].toFixed(2)],
  ['centroidJ', ({ centroid }) => centroid[1].toFixed(2)],
  ['centroidK', ({ centroid }) => centroid[2].toFixed(2)],
  ['meanProbability', ({ meanProbability }) => meanProbability.toFixed(4)],
  ['maxProbability', ({ maxProbability }) => maxProbability.toFixed(4)],
  ['firstSlice', ({ slices }) => String(slices[0])],
  ['lastSlice', ({ slices }) => String(slices[1])],
];

/**
 * The lesion table as CSV (RFC 4180: comma, CRLF), a row a lesion in the order given. Places and slices count from 0; in a
 * picture of one slice a voxel is a pixel. Numbers only, so nothing needs quoting.
 */
export function lesionsToCsv(lesions: readonly Lesion[]): string {
  const rows = [
    columns.map(([heading]) => heading),
    ...lesions.map((lesion) => columns.map(([, cell]) => cell(lesion))),
  ];
  return rows.map((row) => `${row.join(',')}\r\n`).join('');
}
