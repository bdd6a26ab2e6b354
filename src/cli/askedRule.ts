/** What turns probabilities into a mask: what was asked for, else what the model brings along. */
import type { Grid } from '../domain/grid';
import type { DelineationRule } from '../domain/volume';
import type { ModelManifest } from '../models/manifest';
import { minVoxelCountFor } from '../models/minLesion';
import type { AskedRule } from './commandLine';

export function delineationRule(asked: AskedRule, manifest: ModelManifest, grid: Grid): DelineationRule {
  return {
    threshold: asked.threshold ?? manifest.threshold.value,
    minVoxelCount: asked.minSizePx ?? minVoxelCountFor(manifest, grid),
  };
}
