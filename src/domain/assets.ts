/** Bytes that a host brings along: the worker fetches them, the CLI reads them from the installed packages. */

/** Programs (not data) that a step needs at run time. */
export type AssetName = 'webp-decoder' | 'opencv' | 'gdcm';

/** Each host answers with the whole file as its package has it, without compression of the host's own. */
export type AssetSource = (name: AssetName) => Promise<Uint8Array>;

/** TensorFlow.js's builds of its wasm backend (plain, SIMD, threads), by the names it looks for. */
export const tfjsWasmNames = [
  'tfjs-backend-wasm.wasm',
  'tfjs-backend-wasm-simd.wasm',
  'tfjs-backend-wasm-threaded-simd.wasm',
] as const;

/** Where a build of the page has them, relative to it. */
export const tfjsWasmPath = (name: (typeof tfjsWasmNames)[number] | '') => `assets/tfjs/${name}`;

/** One model's files by the names of its manifest: `manifest.json`, `model.json`, `weights.bin`. */
export type ModelSource = (path: string) => Promise<Uint8Array>;
