/** What the page and the service worker say to each other: each question has a port of its own for its answer. */
import type { PipelineError } from '../domain/errors';
import type { Warning } from '../domain/warnings';
import type { SegmentationReport } from '../models/segmentationReport';

export type Question =
  /** Serve the page that asks, if it is of this release: `script` is the path of its script. */
  | { readonly kind: 'claim'; readonly script: string }
  /** Keep all of the program here, so that it works without the host. */
  | { readonly kind: 'keep-all' }
  /** Serve the new release, if no other page would be left with half of the old one. */
  | { readonly kind: 'take-over' }
  | { readonly kind: 'requests' }
  | { readonly kind: 'forget' };

export interface Answers {
  claim: Record<string, never>;
  'keep-all': { readonly isKept: boolean };
  'take-over': { readonly isTaken: boolean };
  requests: RequestCount;
  forget: Record<string, never>;
}

/** What the service worker has seen since it was started; the browser starts and stops it as it likes. */
export interface RequestCount {
  readonly sinceMs: number;
  /** Requests of pages and workers, by the origin they were for. */
  readonly byOrigin: Readonly<Record<string, number>>;
  /** Those that were for another origin, and were refused. */
  readonly refused: number;
}

/** What `POST predict/` asks of a page: the service worker itself cannot start the workers that segment. */
export interface PredictRequest {
  readonly kind: 'predict';
  readonly file: Blob;
  /** As the form named it; for the report only. */
  readonly name: string;
  readonly modelId: string | undefined;
  readonly threshold: number | undefined;
  /** The answer has no place for words: an input of which a slice cannot be read is not segmented. */
  readonly mustBeWhole: boolean;
}

export type PredictReply =
  /** It is being worked on: the file is not offered to another page. */
  | { readonly kind: 'accepted' }
  | {
      readonly kind: 'segmented';
      readonly masks: readonly PredictedFile[];
      readonly report: SegmentationReport;
      /** Of the report's warnings, each once. */
      readonly warningCodes: readonly Warning['code'][];
    }
  /** Because it had to be whole. */
  | { readonly kind: 'incomplete'; readonly warning: Warning }
  | { readonly kind: 'failed'; readonly error: PipelineError };

/** A mask as a file: one PNG a slice, or one .nii.gz. */
export interface PredictedFile {
  readonly type: 'image/png' | 'application/gzip';
  readonly bytes: Uint8Array<ArrayBuffer>;
}
