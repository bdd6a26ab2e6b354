/** What a row of the matrix comes to. */
import type { Column } from './catalogue';
import type { Outcome, Seen } from './stage';

/** Of the undisturbed runs of one column: the mask and the probabilities as files, hashed. */
export type References = Readonly<Record<Column, string>>;

export interface Verdict {
  readonly passes: boolean;
  readonly text: string;
}

/** Passes where there is the right mask or an error in words, and after an error the next attempt works. */
export function verdictOn({ first, retried, strikes }: Outcome, column: Column, references: References): Verdict {
  if (strikes === 0) return { passes: false, text: 'the fault did not strike' };
  const { passes, text } = judge(first, column, references);
  if (first.kind !== 'error' || retried === undefined) return { passes, text };
  const next = judge(retried, column, references);
  return { passes: passes && retried.kind === 'mask' && next.passes, text: `${text} → again: ${next.text}` };
}

function judge(seen: Seen, column: Column, references: References): Verdict {
  if (seen.kind === 'nothing') return { passes: false, text: 'HANGS' };
  if (seen.kind === 'error') return { passes: true, text: seen.title };
  const { backend, sha256, said } = seen;
  if (sha256 !== references[backend]) return { passes: false, text: `WRONG MASK (${backend})` };
  if (backend === column) return { passes: true, text: 'right mask' };
  if (/failed its check.*\n[^]*failed its check/.test(said)) return { passes: true, text: 'right mask, by wasm, said' };
  if (said.includes('No GPU that WebGPU can use')) return { passes: true, text: 'right mask, by wasm from the start' };
  return { passes: false, text: 'by wasm, and NOT SAID' };
}
