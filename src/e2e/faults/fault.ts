/** What a row of the catalogue says, and the words that rows are written with. */
import type { ServedModel } from './smallModel';

export type Column = 'webgpu' | 'wasm';

/** In what the prelude strikes; `at` and `times` count occasions, -1 is for ever. */
export interface Injection {
  readonly into: 'worker' | 'opencv';
  readonly name: string;
  readonly at?: number;
  readonly times?: number;
  readonly hurry?: boolean;
}

/** What the host answers in place of a file; `null` is no connection. */
export type Answer = { readonly status?: number; readonly type?: string; readonly body: Buffer } | null;

export interface HostFault {
  /** Of the path inside the page's folder. */
  readonly path: RegExp;
  /** How often; without it always, until disarmed. */
  readonly times?: number;
  /** `undefined` lets it pass. */
  readonly answer: (body: Buffer, models: Models) => Answer | undefined;
}

/** Models as they are published: the one that is used, and another. */
export interface Models {
  readonly own: ServedModel;
  readonly other: ServedModel;
}

export interface Fault {
  readonly id: string;
  readonly what: string;
  readonly injection?: Injection;
  readonly host?: HostFault;
  /** The network was fetched and stored in an earlier visit: `stored`, of these files. */
  readonly stored?: (models: Models) => ServedModel;
  /** The program is built with these files; without it with those that the host has. */
  readonly listed?: (models: Models) => ServedModel;
  /** What an earlier visit left is damaged before this one. */
  readonly damage?: 'swapped' | 'texts' | 'cut' | 'flipped' | 'manifest';
  /** Where TensorFlow.js alone meets it too; elsewhere there is no such part in the bare page. */
  readonly isBare: boolean;
  /** It breaks WebGPU, which wasm does without. */
  readonly isOfGpu?: boolean;
  /** Another program computes, whose rounding may differ: probabilities within the tolerance between backends. */
  readonly isOtherProgram?: boolean;
  /** Part of the short run. */
  readonly isShort?: boolean;
  /** It cannot be taken back in a worker that has met it: the next attempt is after a reload. */
  readonly isLasting?: boolean;
  /** Asked for by address, so that nothing takes over. */
  readonly isAsked?: boolean;
}
export const gpu = (id: string, what: string, more: Partial<Injection> = {}, rest: Partial<Fault> = {}): Fault => ({
  id,
  what,
  injection: { into: 'worker', name: id.replace(/-(once|ever|late)$/, ''), ...more },
  isBare: true,
  isOfGpu: true,
  ...rest,
});

export const ever = { times: -1 } as const;

export const worker = (id: string, what: string, more: Partial<Injection> = {}, rest: Partial<Fault> = {}): Fault => ({
  id,
  what,
  injection: { into: 'worker', name: id.replace(/-(once|ever|late)$/, ''), ...more },
  isBare: false,
  ...rest,
});

export const bare = { isBare: true } as const;
export const hurry = { hurry: true } as const;

export const flipped = (body: Buffer, at = Math.floor(body.length / 2)) => {
  const changed = Buffer.from(body);
  changed[at]! ^= 64;
  return changed;
};

/** One bit of the first digit after the point: a threshold of 0.5 becomes 0.1. */
export const flippedThreshold = (body: Buffer) => {
  const before = /"threshold":\s*\{\s*"value":\s*0\./.exec(body.toString('latin1'))!;
  const changed = Buffer.from(body);
  changed[before.index + before[0].length]! ^= 4;
  return changed;
};

export const octets = (body: Buffer): Answer => ({ type: 'application/octet-stream', body });
export const json = (body: Buffer): Answer => ({ type: 'application/json', body });

export const host = (
  id: string,
  what: string,
  path: RegExp,
  answer: HostFault['answer'],
  rest: Partial<Fault> = {},
  times?: number,
): Fault => ({
  id,
  what,
  host: { path, answer, ...(times === undefined ? {} : { times }) },
  isBare: true,
  ...rest,
});
