/** What turns probabilities into a mask: what the user wants, else what each network brings along. */
import type { Grid } from '../domain/grid';
import { affineOf, mm3ToVoxelCount, voxelCountToMm3 } from '../domain/spacing';
import type { DelineationRule } from '../domain/volume';
import type { ModelManifest } from '../models/manifest';
import { minVoxelCountFor } from '../models/minLesion';

/** What the user has set with the sliders; undefined while one was not touched: then each network's own counts. */
export interface RuleWishes {
  readonly threshold: number | undefined;
  /** For pictures, in pixels, and for volumes, in mm³: two wishes, because neither says anything of the other. */
  readonly smallestPx: number | undefined;
  readonly smallestMm3: number | undefined;
}

export const noWishes: RuleWishes = { threshold: undefined, smallestPx: undefined, smallestMm3: undefined };

export function ruleFor(wishes: RuleWishes, manifest: ModelManifest, grid: Grid): DelineationRule {
  const affine = affineOf(grid);
  const { smallestPx, smallestMm3 } = wishes;
  const wished = affine ? smallestMm3 && mm3ToVoxelCount(smallestMm3, affine) : smallestPx;
  return {
    threshold: wishes.threshold ?? manifest.threshold.value,
    minVoxelCount: wished ?? minVoxelCountFor(manifest, grid),
  };
}

export interface Size {
  readonly value: number;
  readonly unit: 'px' | 'mm³';
}

/** A count of voxels as the user thinks of it. */
export function sizeOf(voxelCount: number, grid: Grid): Size {
  const affine = affineOf(grid);
  return affine ? { value: voxelCountToMm3(voxelCount, affine), unit: 'mm³' } : { value: voxelCount, unit: 'px' };
}
