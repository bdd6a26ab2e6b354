/** Where the networks run, and why there: shown to the user, written beside every mask. */

/** `auto`: WebGPU on a real adapter, else wasm. */
export type BackendChoice = 'auto' | 'webgpu' | 'wasm';

export interface BackendReport {
  readonly backend: 'webgpu' | 'wasm';
  /** The GPU's name, or "2 threads, SIMD". */
  readonly adapter: string;
  /** One sentence: why this one. */
  readonly reason: string;
  /** What ran before it and failed, so that this one took over; absent where this one was the first. */
  readonly failed?: { readonly backend: string; readonly reason: string } | undefined;
}
