/** Step 3 of the recipe: OpenCV's contrast-limited adaptive histogram equalisation. */
import type { AssetSource } from '../domain/assets';
import type { PreprocessRecipe } from '../models/manifest';
import { doorTo } from './claheDoor';
import { claheBehind } from './claheLink';
import { equalizeWith, startOpenCv } from './opencv';
import { proveClahe } from './proveClahe';

export interface Clahe {
  /**
   * @param image  rows × cols bytes, row by row
   * @returns the same shape; cv2 5.0 gives the same bytes
   * @throws PipelineFailure `out-of-memory` or `internal`; this Clahe is then spent, and `loadClahe` makes a new one
   */
  equalize(image: Uint8Array, rows: number, cols: number, setting: PreprocessRecipe['clahe']): Promise<Uint8Array>;
}

let loading: Promise<Clahe> | undefined;

/**
 * Starts OpenCV.js, once. Proven before it is given out. A failed start is forgotten, so that the next call tries again.
 *
 * @param startWorker  starts the worker in which it is to run (`opencvWorker.ts`); where it is not given, it runs here
 * @throws PipelineFailure `internal` if the program does not start
 */
export function loadClahe(assets: AssetSource, startWorker?: () => Worker, prove = proveClahe): Promise<Clahe> {
  if (loading) return loading;
  const forget = () => {
    if (loading === started) loading = undefined;
  };
  const started = start(assets, startWorker, prove, forget);
  started.catch(forget);
  return (loading = started);
}

/** @param spent  is called when it has failed */
async function start(
  assets: AssetSource,
  startWorker: (() => Worker) | undefined,
  prove: typeof proveClahe,
  spent: () => void,
): Promise<Clahe> {
  const program = await assets('opencv');
  const door = startWorker && doorTo(startWorker());
  const clahe = door ? await claheBehind(door, program) : await claheHere(program);
  await prove(clahe).catch((thrown: unknown) => {
    door?.close();
    throw thrown;
  });
  return {
    equalize: (image, rows, cols, setting) =>
      clahe.equalize(image, rows, cols, setting).catch((thrown: unknown) => {
        spent();
        throw thrown;
      }),
  };
}

async function claheHere(program: Uint8Array): Promise<Clahe> {
  const cv = await startOpenCv(program);
  return { equalize: async (image, rows, cols, setting) => equalizeWith(cv, image, rows, cols, setting) };
}
