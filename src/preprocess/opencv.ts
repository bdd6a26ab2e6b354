/** OpenCV.js, started from its text, and the one thing it is used for. */
import { PipelineFailure } from '../domain/errors';
import type { PreprocessRecipe } from '../models/manifest';

/** What is used of OpenCV.js 5. Everything it makes lies in its own heap until it is deleted. */
export interface OpenCv {
  readonly CV_8UC1: number;
  readonly Mat: { new (): Mat; new (rows: number, cols: number, type: number): Mat };
  readonly Size: new (width: number, height: number) => object;
  readonly CLAHE: new (clipLimit: number, tiles: object) => Deletable & { apply(from: Mat, to: Mat): void };
  exceptionFromPtr(address: number): { readonly msg: string };
}

interface Deletable {
  delete(): void;
}

interface Mat extends Deletable {
  readonly data: Uint8Array;
}

/** Names the program must not find: without them it is the same in Node and in a worker, and cannot fetch. */
const hidden = [
  'process',
  'require',
  'define',
  'fetch',
  'XMLHttpRequest',
  'importScripts',
  'window',
  'document',
  'self',
];

/**
 * Runs OpenCV.js's text. Not an import by address: the host can then ship it compressed wherever files are served as
 * they are (13.3 MB raw, 3.7 MB gzipped). The wasm is part of the text.
 *
 * @throws PipelineFailure `internal` if the program does not start (a policy is one cause)
 */
export async function startOpenCv(program: Uint8Array): Promise<OpenCv> {
  try {
    const module: { exports: unknown } = { exports: {} };
    const run = await compile(['module', 'exports', 'globalThis', ...hidden], program);
    run(module, module.exports, { TextDecoder });
    return await ready(module.exports);
  } catch (thrown) {
    throw new PipelineFailure({ code: 'internal', message: `OpenCV.js did not start: ${String(thrown)}` });
  }
}

type Run = (...values: readonly unknown[]) => void;

/** As a module from a blob: that is no eval, so no policy has to allow one. Node imports no blobs, and has no policy. */
async function compile(names: readonly string[], program: Uint8Array): Promise<Run> {
  if (typeof importScripts === 'undefined') return Function(...names, new TextDecoder().decode(program)) as Run;
  const parts = [`export const run = (${names}) => {\n`, program as Uint8Array<ArrayBuffer>, '\n};'];
  const address = URL.createObjectURL(new Blob(parts, { type: 'text/javascript' }));
  try {
    const { run } = (await import(/* @vite-ignore */ address)) as { readonly run: Run };
    return run;
  } finally {
    URL.revokeObjectURL(address);
  }
}

/** Releases differ in what they export: a promise of the program, the program, or the program before it has started. */
async function ready(exported: unknown): Promise<OpenCv> {
  const program = await exported;
  if (typeof program !== 'object' && typeof program !== 'function') throw new Error(`it exports ${typeof program}`);
  if (program === null) throw new Error('it exports null');
  if (!('Mat' in program)) {
    await new Promise<void>((resolve) => Object.assign(program, { onRuntimeInitialized: resolve }));
  }
  // The package is pinned; the goldens fail if it is not what `OpenCv` says.
  return program as OpenCv;
}

/**
 * @param image  rows × cols bytes, row by row
 * @returns the same shape; cv2 5.0 gives the same bytes
 * @throws PipelineFailure `out-of-memory` or `internal`; the program's heap is then not to be used again
 */
export function equalizeWith(
  cv: OpenCv,
  image: Uint8Array,
  rows: number,
  cols: number,
  { clipLimit, tiles }: PreprocessRecipe['clahe'],
): Uint8Array<ArrayBuffer> {
  const made: Deletable[] = [];
  const owned = <T extends Deletable>(object: T) => {
    made.push(object);
    return object;
  };
  try {
    const from = owned(new cv.Mat(rows, cols, cv.CV_8UC1));
    const to = owned(new cv.Mat());
    const clahe = owned(new cv.CLAHE(clipLimit, new cv.Size(tiles[1], tiles[0])));
    from.data.set(image);
    clahe.apply(from, to);
    const equalized = new Uint8Array(to.data);
    // What is deleted keeps its bytes in the heap, which lives as long as the tab.
    for (const mat of [from, to]) mat.data.fill(0);
    return equalized;
  } catch (thrown) {
    throw claheFailure(cv, thrown);
  } finally {
    for (const object of made) object.delete();
  }
}

/** OpenCV.js throws the address of the C++ exception, a bare number. */
function claheFailure(cv: OpenCv, thrown: unknown): PipelineFailure {
  const message = typeof thrown === 'number' ? cv.exceptionFromPtr(thrown).msg : String(thrown);
  return /memory|OOM/i.test(message)
    ? new PipelineFailure({ code: 'out-of-memory', stage: 'preprocess' })
    : new PipelineFailure({ code: 'internal', message: `OpenCV.js: ${message}` });
}
