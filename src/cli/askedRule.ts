/** What turns probabilities into a mask: what was asked for, else what the model brings along. */
import type { Grid } from '../domain/grid';
import { affineOf, mm3ToVoxelCount } from '../domain/spacing';
import type { DelineationRule } from '../domain/volume';
import type { ModelManifest } from '../models/manifest';
import { minVoxelCountFor } from '../models/minLesion';
import type { AskedRule, MinSize } from './commandLine';
import { InputError } from './inputError';

/** As much of a manifest as its rule takes. */
type RuledModel = Pick<ModelManifest, 'threshold' | 'minLesionPx' | 'preprocess'>;

/** @throws InputError for cubic millimetres of a picture */
export function delineationRule(asked: AskedRule, model: RuledModel, grid: Grid): DelineationRule {
  return {
    threshold: asked.threshold ?? model.threshold.value,
    minVoxelCount: asked.minSize ? voxelCount(asked.minSize, grid) : minVoxelCountFor(model, grid),
  };
}

function voxelCount({ value, unit }: MinSize, grid: Grid): number {
  const affine = affineOf(grid);
  if (!affine && unit === 'mm3') {
    throw new InputError(
      'a picture carries no spacing, so its lesions can only be counted in pixels (--min-size 20px)',
    );
  }
  return affine && unit !== 'px' ? mm3ToVoxelCount(value, affine) : Math.ceil(value);
}
