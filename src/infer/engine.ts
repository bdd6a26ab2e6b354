/** What a backend is to the rest of this room: a place to run work in, which says when its answers cannot be used. */
import type { BackendReport } from '../domain/backend';
import { PipelineFailure, type Stage } from '../domain/errors';

export interface Engine {
  readonly report: BackendReport;
  /** The engine whose answers this one is measured against; undefined where there is no other. */
  readonly reference: Engine | undefined;
  /**
   * Runs `work` alone, with this backend current. After a fault, the next run begins with a fresh device.
   *
   * @throws EngineFault if the backend failed meanwhile; what `work` gave is then worth nothing, even if it gave something
   */
  run<T>(work: () => Promise<T>): Promise<T>;
  /** `release` is called before a fresh device replaces this one: its tensors end there. Returns how to take it back. */
  beforeRenewal(release: () => void): () => void;
  /** Hands over to another backend for good. @returns false where there is none: then there is no answer */
  retreat(fault: EngineFault): boolean;
  /** Lets go of memory that is kept for the next slice; what is loaded stays. */
  releasePools(): Promise<void>;
}

/** The backend failed, or gave an answer that cannot be one. */
export class EngineFault extends Error {
  /** `reason`: a few words of plain language. */
  constructor(
    readonly kind: 'untrusted' | 'out-of-memory',
    readonly reason: string,
  ) {
    super(reason);
  }
}

/** How people call the backends. */
export const backendNames = { webgpu: 'WebGPU', wasm: 'wasm' } as const;

/**
 * Tries once more after a fault, which is then on a fresh device, and after a second one on the backend that takes over. Where
 * there is none, the second fault is final: no answer is better than a wrong one.
 *
 * @throws PipelineFailure `inference-untrusted`, `out-of-memory`
 */
export async function trusted<T>(engine: Engine, stage: Stage, attempt: () => Promise<T>): Promise<T> {
  for (;;) {
    const backend = backendNames[engine.report.backend];
    const first = await settled(attempt);
    if (!(first instanceof EngineFault)) return first.value;
    const second = await settled(attempt);
    if (!(second instanceof EngineFault)) return second.value;
    if (engine.retreat(second)) continue;
    if (second.kind === 'out-of-memory') throw new PipelineFailure({ code: 'out-of-memory', stage });
    throw new PipelineFailure({ code: 'inference-untrusted', backend, reason: second.reason });
  }
}

async function settled<T>(attempt: () => Promise<T>): Promise<{ readonly value: T } | EngineFault> {
  try {
    return { value: await attempt() };
  } catch (thrown) {
    if (thrown instanceof EngineFault) return thrown;
    throw thrown;
  }
}
