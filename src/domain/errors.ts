/** Everything that can go wrong, as plain data, so that it crosses to the page with its facts. */

export type Stage = 'download' | 'decode' | 'preprocess' | 'compile' | 'infer' | 'postprocess' | 'encode';

export type PipelineError =
  | { readonly code: 'empty-file' }
  /** The system would not give its bytes: moved, changed or removed since it was chosen, or a folder. */
  | { readonly code: 'unreadable-file' }
  /** `found`: what the bytes are, in the field's words ("text", "GIF", "DICOM", "unknown bytes"). */
  | { readonly code: 'unsupported-format'; readonly found: string }
  /** A known format, but a kind of it that is not read ("animated WebP", "12-bit JPEG", "YCbCr TIFF"). */
  | { readonly code: 'unsupported-variant'; readonly found: string }
  | { readonly code: 'truncated-file'; readonly format: string }
  /** `problem`: what contradicts itself, without content of the file. */
  | { readonly code: 'corrupt-file'; readonly format: string; readonly problem: string }
  | { readonly code: 'image-too-small'; readonly width: number; readonly height: number; readonly minimum: number }
  | {
      readonly code: 'image-too-large';
      readonly width: number;
      readonly height: number;
      readonly pages: number;
      readonly maximumPixels: number;
    }
  | {
      readonly code: 'volume-too-large';
      readonly dims: readonly [number, number, number];
      readonly maximumSide: number;
      readonly maximumVoxels: number;
    }
  /** A header (.hdr, .nhdr, .mhd) was chosen without the file of its voxels. */
  | { readonly code: 'missing-data'; readonly format: string }
  /** The voxels of a pair (.img) were chosen without their header (.hdr). */
  | { readonly code: 'missing-header' }
  /** DICOM, but not an MR image; `found` with its article ("a CT image", "a segmentation (DICOM SEG)"). */
  | { readonly code: 'not-mr'; readonly found: string }
  /** The slices of a series do not make one volume; `problem` is a clause ("they are unevenly spaced, …"). */
  | { readonly code: 'slice-geometry'; readonly problem: string }
  /** An archive that is not unpacked; `problem` is a clause ("it is encrypted"). */
  | { readonly code: 'archive'; readonly problem: string }
  | { readonly code: 'file-too-large'; readonly bytes: number; readonly maximumBytes: number }
  | { readonly code: 'model-unknown'; readonly modelId: string; readonly known: readonly string[] }
  | { readonly code: 'model-unreachable'; readonly modelId: string; readonly file: string }
  | { readonly code: 'model-integrity'; readonly modelId: string; readonly file: string }
  | { readonly code: 'model-invalid'; readonly modelId: string; readonly problem: string }
  /** `part`: which program, in words ("the contrast step"). */
  | { readonly code: 'program-unreachable'; readonly part: string }
  | { readonly code: 'backend-unavailable'; readonly backend: string; readonly reason: string }
  | { readonly code: 'inference-untrusted'; readonly backend: string; readonly reason: string }
  | { readonly code: 'out-of-memory'; readonly stage: Stage }
  | { readonly code: 'worker-lost' }
  | { readonly code: 'cancelled' }
  | { readonly code: 'internal'; readonly message: string };

/** How a room says it: thrown inside, turned into data once at the worker's (or the CLI's) edge. */
export class PipelineFailure extends Error {
  override readonly name = 'PipelineFailure';

  constructor(readonly error: PipelineError) {
    super(error.code);
  }
}

export function toPipelineError(thrown: unknown): PipelineError {
  if (thrown instanceof PipelineFailure) return thrown.error;
  return { code: 'internal', message: thrown instanceof Error ? thrown.message : String(thrown) };
}
