/**
 * What TensorFlow.js's wasm passes over in silence. Where memory cannot grow, `malloc` answers 0, and the tensor is put there;
 * where a kernel cannot start (XNNPACK), a line is printed, and its output is what the memory held before.
 */
import { EngineFault } from './engine';

const full = () => new EngineFault('out-of-memory', 'wasm has no memory left');

/** Of `BackendWasm` in tfjs-backend-wasm 4.22, public there but not in its types. */
interface Allocating {
  readonly wasm: { _malloc(bytes: number): number };
}

/** @throws EngineFault from then on, in place of giving the address 0 */
export function refuseAddressZero(backend: object): void {
  const { wasm } = backend as Allocating;
  // Emscripten's first call puts another function in its own place.
  wasm._malloc(0);
  const malloc = wasm._malloc.bind(wasm);
  wasm._malloc = (bytes) => {
    const address = malloc(bytes);
    if (address === 0 && bytes > 0) throw full();
    return address;
  };
}

/** As XNNPACK's wrappers print it, whatever the kernel. */
const refusal = /XNN status for \S+ is not successful/;

/** What kernels print is heard for as long as the program lives that is started inside `work`; the console stays as it was. */
export async function hearingRefusals<T>(refused: () => void, work: () => Promise<T>): Promise<T> {
  const { log, warn } = console;
  const heard =
    (print: typeof log): typeof log =>
    (...said) =>
      refusal.test(String(said[0])) ? refused() : print.apply(console, said);
  Object.assign(console, { log: heard(log), warn: heard(warn) });
  try {
    return await work();
  } finally {
    Object.assign(console, { log, warn });
  }
}

/** @returns undefined for what is no fault of wasm's */
export function faultOf(thrown: unknown): EngineFault | undefined {
  if (thrown instanceof EngineFault) return thrown;
  if (!(thrown instanceof RangeError || thrown instanceof WebAssembly.RuntimeError)) return undefined;
  return /alloc|memory|enlarge|grow|OOM/i.test(thrown.message)
    ? full()
    : new EngineFault('untrusted', 'wasm stopped in the middle');
}
