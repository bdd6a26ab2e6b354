/** Bytes that a host brings along: the worker fetches them, the CLI reads them from the installed packages. */

/** Programs (not data) that a step needs at run time. */
export type AssetName = 'webp-decoder' | 'opencv' | 'gdcm';

/** Each host answers with the whole file as its package has it, without compression of the host's own. */
export type AssetSource = (name: AssetName) => Promise<Uint8Array>;

/** One model's files by the names of its manifest: `manifest.json`, `model.json`, `weights.bin`. */
export type ModelSource = (path: string) => Promise<Uint8Array>;
