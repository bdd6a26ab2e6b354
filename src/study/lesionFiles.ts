/** Lesions as tables: the fields are those that the command line writes. */
import type { Lesion } from '../domain/volume';
import { warningText, type Warning } from '../domain/warnings';
import { weightsSha256 } from '../models/weightsSha256';
import type { LesionGroup } from './agreement';
import type { Segmented } from './Finding.svelte';
import { networkFacts } from './networkChoice';
import { programVersion } from './programVersion';

const rounded = (value: number, decimals: number) => Number(value.toFixed(decimals));

/** Column, row and slice from 0; no slice where there is only one. */
const place = (lesion: Lesion, sliceCount: number) =>
  lesion.centroid.slice(0, sliceCount === 1 ? 2 : 3).map((axis) => rounded(axis, 3));

export function lesionReport(file: string, segmented: Segmented, warnings: readonly Warning[]) {
  const { manifest, backend, outline, highest } = segmented;
  const [width, height, slices] = outline.mask.grid.dims;
  return {
    file,
    model: { id: manifest.id, sha256: weightsSha256(manifest) },
    threshold: outline.rule.threshold,
    minSize: { value: outline.rule.minVoxelCount, unit: 'px' },
    backend: backend.backend,
    adapter: backend.adapter,
    version: programVersion,
    width,
    height,
    slices,
    warnings: warnings.map(warningText),
    lesions: outline.lesions.map((lesion) => ({
      id: lesion.id,
      areaPx: lesion.voxelCount,
      centroid: place(lesion, slices),
      meanProbability: rounded(lesion.meanProbability, 6),
      maxProbability: rounded(lesion.maxProbability, 6),
    })),
    highestProbability: rounded(highest.probability, 6),
  };
}

/** RFC 4180. One row a lesion and network; `place` is the same number for lesions that share a pixel. */
export function lesionsCsv(groups: readonly LesionGroup[]): string {
  const header = 'place,model,lesion,area_px,column,row,slice,mean_probability,max_probability';
  const rows = groups.flatMap(({ id, members }) =>
    members.map(({ architecture, lesion }) => {
      const [column, row, slice] = lesion.centroid.map((axis) => rounded(axis, 3));
      const probabilities = [lesion.meanProbability, lesion.maxProbability].map((value) => rounded(value, 6));
      const { modelId } = networkFacts[architecture];
      return [id, modelId, lesion.id, lesion.voxelCount, column, row, slice, ...probabilities].join(',');
    }),
  );
  return `${[header, ...rows].join('\r\n')}\r\n`;
}
