/** What the page is in the middle of, in one word: also `<html data-phase>`, for scripts and tests. */
import type { PipelineError } from '../domain/errors';
import type { Finding } from './Finding.svelte';
import type { OpenedFile } from './OpenedFile.svelte';

export type Phase = 'empty' | 'opening' | 'ready' | 'segmenting' | 'segmented' | 'failed';

/** @param chosen  what the networks that the user looks at say of the file */
export function phaseOf(file: OpenedFile | undefined, chosen: readonly Finding[]): Phase {
  if (!file) return 'empty';
  switch (file.state.kind) {
    case 'reading':
      return 'opening';
    case 'failed':
      return 'failed';
    case 'closed':
    case 'cancelled':
      return 'ready';
    case 'ready': {
      const kinds = chosen.map(({ state }) => state.kind);
      if (kinds.includes('failed')) return 'failed';
      if (kinds.includes('segmenting')) return 'segmenting';
      return kinds.every((kind) => kind === 'segmented') ? 'segmented' : 'ready';
    }
  }
}

/** Why the file on screen has no result; the first reason, where there are two. */
export function errorOf(file: OpenedFile | undefined, chosen: readonly Finding[]): PipelineError | undefined {
  if (file?.state.kind === 'failed') return file.state.error;
  for (const { state } of chosen) if (state.kind === 'failed') return state.error;
  return undefined;
}
