/** Step 3 of the recipe: OpenCV's contrast-limited adaptive histogram equalisation. */
import type { AssetSource } from '../domain/assets';
import { PipelineFailure } from '../domain/errors';
import type { PreprocessRecipe } from '../models/manifest';

export interface Clahe {
  /**
   * @param image  rows × cols bytes, row by row
   * @returns the same shape; cv2 5.0 gives the same bytes
   * @throws PipelineFailure `out-of-memory` or `internal`; this Clahe is then spent, and `loadClahe` makes a new one
   */
  equalize(image: Uint8Array, rows: number, cols: number, setting: PreprocessRecipe['clahe']): Uint8Array;
}

/** What is used of OpenCV.js 5. Everything it makes lies in its own heap until it is deleted. */
interface OpenCv {
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

let loading: Promise<Clahe> | undefined;

/**
 * Starts OpenCV.js, once. A failed start is forgotten, so that the next call tries again.
 *
 * @throws PipelineFailure `internal` if the program does not start (a policy without 'unsafe-eval' is one cause)
 */
export function loadClahe(assets: AssetSource): Promise<Clahe> {
  const started = (loading ??= start(assets));
  started.catch(() => forget(started));
  return started;
}

function forget(failed: Promise<Clahe>): void {
  if (loading === failed) loading = undefined;
}

async function start(assets: AssetSource): Promise<Clahe> {
  const text = new TextDecoder().decode(await assets('opencv'));
  const cv = await evaluate(text).catch((thrown: unknown) => {
    throw new PipelineFailure({ code: 'internal', message: `OpenCV.js did not start: ${String(thrown)}` });
  });
  return { equalize: (image, rows, cols, setting) => equalize(cv, image, rows, cols, setting) };
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
 * Runs OpenCV.js's text. Not an import: the host can then ship it compressed wherever files are served as they are
 * (13.3 MB raw, 3.7 MB gzipped). The wasm is part of the text.
 */
async function evaluate(text: string): Promise<OpenCv> {
  const module: { exports: unknown } = { exports: {} };
  new Function('module', 'exports', 'globalThis', ...hidden, text)(module, module.exports, { TextDecoder });
  return ready(module.exports);
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

function equalize(
  cv: OpenCv,
  image: Uint8Array,
  rows: number,
  cols: number,
  { clipLimit, tiles }: PreprocessRecipe['clahe'],
): Uint8Array {
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
    return to.data.slice();
  } catch (thrown) {
    loading = undefined;
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
