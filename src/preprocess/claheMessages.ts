/** What is said through the door of the worker that runs OpenCV.js. */
import type { PipelineError } from '../domain/errors';
import type { PreprocessRecipe } from '../models/manifest';

export type ClaheRequest =
  /** The program's text, which the worker cannot fetch: it has no connection at all. Starts it anew if it ran before. */
  | { readonly kind: 'start'; readonly id: number; readonly program: Uint8Array }
  | {
      readonly kind: 'equalize';
      readonly id: number;
      readonly image: Uint8Array;
      readonly rows: number;
      readonly cols: number;
      readonly setting: PreprocessRecipe['clahe'];
    };

export type ClaheReply =
  | { readonly kind: 'started'; readonly id: number }
  | { readonly kind: 'equalized'; readonly id: number; readonly image: Uint8Array }
  | { readonly kind: 'failed'; readonly id: number; readonly error: PipelineError };
