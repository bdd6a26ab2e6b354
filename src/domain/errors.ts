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
