/** How a mask came about, for the files that leave the program. */
import type { BackendReport } from '../domain/backend';
import type { Grid } from '../domain/grid';
import type { MaskProvenance } from '../domain/provenance';
import { affineOf, voxelVolumeMm3 } from '../domain/spacing';
import type { DelineationRule } from '../domain/volume';
import type { Warning } from '../domain/warnings';
import type { ModelManifest } from './manifest';
import { weightsSha256 } from './weightsSha256';

export interface Made {
  readonly manifest: ModelManifest;
  readonly rule: DelineationRule;
  readonly grid: Grid;
  readonly backend: BackendReport;
  /** Of the program. */
  readonly version: string;
  /** As in MaskProvenance. */
  readonly rejectedCount: number;
  /** Three planes were averaged. */
  readonly isTriPlanar: boolean;
}

export function maskProvenance(made: Made): MaskProvenance {
  const { manifest, rule, grid, backend, version, rejectedCount, isTriPlanar } = made;
  const affine = affineOf(grid);
  return {
    programVersion: version,
    modelId: manifest.id,
    weightsSha256: weightsSha256(manifest),
    threshold: rule.threshold,
    minSize: affine
      ? { value: rule.minVoxelCount * voxelVolumeMm3(affine), unit: 'mm3' }
      : { value: rule.minVoxelCount, unit: 'px' },
    isTriPlanar,
    rejectedCount,
    backend: backend.backend,
    adapter: adapterOf(backend),
    trainedOn: manifest.provenance.trainedOn,
    notice: manifest.provenance.notice,
  };
}

/** A backend that took over says from which: a volume may be of both. */
const adapterOf = ({ adapter, failed }: BackendReport) =>
  failed ? `${adapter} (took over from ${failed.backend}: ${failed.reason})` : adapter;

/** What there is to say of how the networks ran. */
export const backendWarnings = ({ failed }: BackendReport): readonly Warning[] =>
  failed ? [{ code: 'backend-replaced', from: failed.backend, reason: failed.reason }] : [];
