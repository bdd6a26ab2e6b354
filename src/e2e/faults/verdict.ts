/** What a row of the matrix comes to. */
import type { Column, Fault } from './fault';
import type { Outcome, Seen } from './stage';

export type Mask = Extract<Seen, { readonly kind: 'mask' }>;

/** The undisturbed runs of one column: by its own backend, and by wasm. */
export type References = Readonly<Record<Column, Mask>>;

/** 1e-4, in steps of the probability map. */
const tolerance = 1e-4 * 65535;

export interface Verdict {
  readonly passes: boolean;
  readonly text: string;
}

/** Passes where there is the right mask or an error in words, and after an error the next attempt works. */
export function verdictOn(
  { first, retried, strikes }: Outcome,
  fault: Fault,
  column: Column,
  references: References,
): Verdict {
  const allowed = fault.isOtherProgram ? tolerance : 0;
  if (strikes === 0) return { passes: false, text: 'the fault did not strike' };
  const { passes, text } = judge(first, column, references, allowed);
  if (first.kind !== 'error' || retried === undefined) return { passes, text };
  const next = judge(retried, column, references, allowed);
  return { passes: passes && retried.kind === 'mask' && next.passes, text: `${text} → again: ${next.text}` };
}

function judge(seen: Seen, column: Column, references: References, allowed: number): Verdict {
  if (seen.kind === 'nothing') return { passes: false, text: 'HANGS' };
  if (seen.kind === 'error') return { passes: true, text: seen.title };
  const { backend, said } = seen;
  const difference = largestDifference(seen.probabilities, references[backend].probabilities);
  const isSameMask = largestDifference(seen.mask, references[backend].mask) === 0;
  if (!isSameMask || difference > allowed) {
    const digits = (difference / 65535).toPrecision(2);
    return { passes: false, text: `WRONG ${isSameMask ? 'PROBABILITIES' : 'MASK'} (${backend}, |Δp| ${digits})` };
  }
  if (backend === column) return { passes: true, text: 'right mask' };
  if (/failed its check.*\n[^]*failed its check/.test(said)) return { passes: true, text: 'right mask, by wasm, said' };
  if (said.includes('No GPU that WebGPU can use')) return { passes: true, text: 'right mask, by wasm from the start' };
  return { passes: false, text: 'by wasm, and NOT SAID' };
}

const largestDifference = (a: readonly number[], b: readonly number[]) =>
  a.length === b.length ? a.reduce((largest, value, at) => Math.max(largest, Math.abs(value - b[at]!)), 0) : Infinity;
