/** What is written beside a mask, by the page and by the command line: enough to say how it came about. */
import type { Agreement, LesionAgreement } from '../domain/agreement';
import type { BackendReport } from '../domain/backend';
import type { Grid } from '../domain/grid';
import type { MaskProvenance } from '../domain/provenance';
import { isInTwoSlices, ranoBmRule } from '../domain/ranoBm';
import { sliceFrameOf } from '../domain/sliceFrame';
import type { DelineationRule, Lesion } from '../domain/volume';
import { namelessWarningText, warningText, type Warning } from '../domain/warnings';
import type { ModelManifest } from './manifest';
import { backendWarnings, maskProvenance } from './maskProvenance';
import { weightsSha256 } from './weightsSha256';

export interface SegmentationReport {
  /** The input, as it was named; the page leaves it out, because names of files are often those of patients. */
  readonly file?: string;
  readonly model: { readonly id: string; readonly sha256: string };
  readonly threshold: number;
  readonly minSize: MaskProvenance['minSize'];
  /** Lesions that a person took out: they are neither in the masks nor listed. */
  readonly rejectedCount: number;
  /** Three planes were averaged; left out otherwise. */
  readonly isTriPlanar?: true;
  readonly backend: string;
  readonly adapter: string;
  /** The command line knows its own reports by it. */
  readonly program: 'metsight';
  readonly version: string;
  readonly width: number;
  readonly height: number;
  readonly slices: number;
  /** The axis of the Grid along which each of the three runs, whatever it is looked at along. */
  readonly sizeAxes: { readonly width: 'i'; readonly height: 'j'; readonly slices: 'k' };
  /** The axis along which each lesion's `slices` run: the one that the volume is cut along. In the order of storage. */
  readonly sliceAxis: 'i' | 'j' | 'k';
  /** What its `slices` and voxel places count from; the page and the printed report count slices from 1, as they are looked at. */
  readonly sliceIndexFrom: 0;
  /** By which `isMeasurable` is decided; left out where nothing is known in millimetres. */
  readonly ranoBmRule?: string;
  /** Models whose lesions these are compared with; left out where no other has looked. */
  readonly comparedWith?: readonly string[];
  readonly warnings: readonly string[];
  readonly lesions: readonly ReportedLesion[];
  readonly highestProbability: number;
}

export type ReportedLesion = {
  /** 1 for the largest. */
  readonly id: number;
  /** Mean voxel place, [i, j] of a single slice, else [i, j, k]; all from 0. */
  readonly centroid: readonly number[];
  readonly meanProbability: number;
  readonly maxProbability: number;
} & (InPixels | InMillimetres) &
  Partial<LesionAgreement>;

interface InPixels {
  /** Pixels, over all slices. */
  readonly areaPx: number;
}

/** As `LesionExtent`. */
interface InMillimetres {
  readonly voxels: number;
  readonly volumeMm3: number;
  readonly longestDiameterMm: number;
  readonly perpendicularDiameterMm: number;
  readonly centroidRasMm: readonly number[];
  /** First and last, along `sliceAxis` from `sliceIndexFrom`. */
  readonly slices: readonly number[];
  readonly isMeasurable: boolean;
  /** Seen in two slices or more, as RANO-BM also wants. */
  readonly isInTwoSlices: boolean;
}

export interface Segmented {
  /** Undefined: neither this nor another file is named in the report. */
  readonly file?: string;
  readonly manifest: ModelManifest;
  readonly rule: DelineationRule;
  readonly backend: BackendReport;
  /** Of the program. */
  readonly version: string;
  readonly grid: Grid;
  /** Without the rejected ones. */
  readonly lesions: readonly Lesion[];
  readonly rejectedCount: number;
  readonly isTriPlanar: boolean;
  readonly agreement?: Agreement | undefined;
  readonly warnings: readonly Warning[];
  readonly highestProbability: number;
}

export function segmentationReport(segmented: Segmented): SegmentationReport {
  const { manifest, backend, agreement, grid } = segmented;
  const { threshold, minSize, rejectedCount, adapter } = maskProvenance(segmented);
  const [width, height, slices] = grid.dims;
  return {
    ...(segmented.file === undefined ? {} : { file: segmented.file }),
    model: { id: manifest.id, sha256: weightsSha256(manifest) },
    threshold,
    minSize: { ...minSize, value: rounded(minSize.value, 3) },
    rejectedCount,
    ...(segmented.isTriPlanar ? { isTriPlanar: true } : {}),
    backend: backend.backend,
    adapter,
    program: 'metsight',
    version: segmented.version,
    width,
    height,
    slices,
    sizeAxes: { width: 'i', height: 'j', slices: 'k' },
    sliceAxis: axisNames[sliceFrameOf(grid).axes[2]],
    sliceIndexFrom: 0,
    ...(grid.space.kind === 'patient' ? { ranoBmRule } : {}),
    ...(agreement ? { comparedWith: agreement.comparedWith } : {}),
    warnings: [...backendWarnings(backend), ...segmented.warnings].map(
      segmented.file === undefined ? namelessWarningText : warningText,
    ),
    lesions: segmented.lesions.map((lesion) => ({
      id: lesion.id,
      ...sizeOf(lesion),
      centroid: lesion.centroid.slice(0, slices === 1 ? 2 : 3).map((place) => rounded(place, 3)),
      meanProbability: rounded(lesion.meanProbability, 6),
      maxProbability: rounded(lesion.maxProbability, 6),
      ...agreed(agreement?.lesions.get(lesion.id)),
    })),
    highestProbability: rounded(segmented.highestProbability, 6),
  };
}

const axisNames = ['i', 'j', 'k'] as const;

const agreed = (found: LesionAgreement | undefined): Partial<LesionAgreement> =>
  found ? { ...found, overlaps: found.overlaps.map((dice) => rounded(dice, 4)) } : {};

function sizeOf({ voxelCount, extent, slices }: Lesion): InPixels | InMillimetres {
  if (!extent) return { areaPx: voxelCount };
  return {
    voxels: voxelCount,
    volumeMm3: rounded(extent.volumeMm3, 3),
    longestDiameterMm: rounded(extent.longestDiameterMm, 3),
    perpendicularDiameterMm: rounded(extent.perpendicularDiameterMm, 3),
    centroidRasMm: extent.centroidRas.map((axis) => rounded(axis, 3)),
    slices,
    isMeasurable: extent.isMeasurable,
    isInTwoSlices: isInTwoSlices({ slices }),
  };
}

const rounded = (value: number, decimals: number) => Number(value.toFixed(decimals));
