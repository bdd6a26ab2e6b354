/** What the page and the worker say to each other. Only structured-cloneable data; the page keeps the truth. */
import type { PipelineError, Stage } from '../domain/errors';
import type { ExportFormat, Result } from '../domain/exportFormat';
import type { ProgramFiles } from '../domain/programFiles';
import type { MaskProvenance } from '../domain/provenance';
import type { NamedFile, Scan, Survey } from '../domain/scan';
import type { DelineationRule, Lesion, Mask, ProbabilityMap, Volume } from '../domain/volume';
import type { BackendChoice, BackendReport } from '../domain/backend';
import type { ModelManifest } from '../models/manifest';
import type { RgbaPicture } from '../pipeline/encode';
import type { PartialSlice } from '../pipeline/segment';

/** A new kind of work is one more entry here, and one more case in the worker's entry. */
export interface Jobs {
  /** Opens the backend and loads the programs (OpenCV) while the user is still choosing a file. */
  prepare: { input: { backend: BackendChoice }; output: { backend: BackendReport } };
  /** Fetches (or takes from storage) and checks a network, compiles and warms it up. */
  load: { input: { modelId: string }; output: LoadedNetwork };
  /** Nothing is open any more: gives back memory that was kept for the next slice. */
  release: { input: Record<string, never>; output: Record<string, never> };
  /** Sorts what was chosen (files, folders, archives) into what can be opened. */
  survey: { input: { files: readonly NamedFile[] }; output: { survey: Survey } };
  decode: { input: { scan: Scan }; output: { volume: Volume } };
  /** What the network sees, brought back to the volume's own pixels: 0..255, in the order of its Grid. */
  equalize: { input: { volume: Volume; modelId: string }; output: { equalized: Uint8Array } };
  /** `isTriPlanar`: looked at in three planes, for a volume that is near-isotropic. */
  segment: {
    input: { volume: Volume; modelId: string; isTriPlanar: boolean };
    output: { map: ProbabilityMap; backend: BackendReport };
  };
  delineate: {
    input: { map: ProbabilityMap; rule: DelineationRule };
    output: { mask: Mask; lesions: readonly Lesion[] };
  };
  /** `slice` counts from 0. 8-bit grey PNG, 0 or 255. */
  encodeMask: { input: { mask: Mask; slice: number; about: MaskProvenance }; output: { png: Uint8Array } };
  /** 16-bit grey PNG, probability × 65535. */
  encodeProbability: {
    input: { map: ProbabilityMap; slice: number; about: MaskProvenance };
    output: { png: Uint8Array };
  };
  /** The whole result of a volume as one file. */
  export: { input: { format: ExportFormat; result: Result }; output: { bytes: Uint8Array } };
  /** RGBA pixels as `display.paint` made them; `abouts` of each mask that is drawn in them. */
  encodePicture: { input: { picture: RgbaPicture; abouts: readonly MaskProvenance[] }; output: { png: Uint8Array } };
  /** What of the networks is kept on this computer. */
  stored: { input: Record<string, never>; output: { bytes: number; modelIds: readonly string[] } };
  forget: { input: Record<string, never>; output: Record<string, never> };
}

export type JobName = keyof Jobs;

type Start = { [Name in JobName]: { kind: 'start'; jobId: number; name: Name; input: Jobs[Name]['input'] } }[JobName];
type Done = { [Name in JobName]: { kind: 'done'; jobId: number; name: Name; output: Jobs[Name]['output'] } }[JobName];

/** The first message a worker gets, before any request. */
export interface Begin {
  readonly kind: 'begin';
  readonly files: ProgramFiles;
}

export type Request = Start | { kind: 'cancel'; jobId: number } | { kind: 'ping' };

export interface LoadedNetwork {
  readonly manifest: ModelManifest;
  readonly from: 'storage' | 'network';
  /** It is kept for the next time; false in a private window, on a full disk, where storage is forbidden or broken. */
  readonly isStored: boolean;
  /** What it was proven on. */
  readonly backend: BackendReport;
}

export type Progress = {
  kind: 'progress';
  jobId: number;
  stage: Stage;
  done: number;
  total: number;
  /** Of 'segment': one more slice is known. */
  partial?: PartialSlice;
};

/** `alive` answers a `ping`: a worker that is blocked, or has no thread left to wait for, does not. */
export type Reply = Done | Progress | { kind: 'alive' } | { kind: 'failed'; jobId: number; error: PipelineError };
