import type { Warning } from '../domain/warnings';

/**
 * What the values themselves give reason to say.
 *
 * @param reasons  what speaks against a head MRI, where that was looked at. A uniform picture is not also called unlike
 *   an MRI: that there is nothing in it says it all.
 */
export function valueWarnings(intensities: Float32Array, reasons: readonly string[] = []): readonly Warning[] {
  const warnings: Warning[] = [];
  let least = Infinity;
  let most = -Infinity;
  let nonFinite = 0;
  for (const value of intensities) {
    if (!Number.isFinite(value)) nonFinite++;
    else {
      if (value < least) least = value;
      if (value > most) most = value;
    }
  }
  if (nonFinite > 0) warnings.push({ code: 'non-finite-voxels', voxelCount: nonFinite });
  // Without any finite value all of it is air.
  if (least >= most) warnings.push({ code: 'uniform-image', value: Number.isFinite(least) ? least : 0 });
  else if (reasons.length > 0) warnings.push({ code: 'unlike-mri', reasons });
  return warnings;
}
