/** The same graph with TensorFlow.js alone, as its documentation shows it: nothing is watched, nothing is checked. */
import * as tf from '@tensorflow/tfjs';
import { setWasmPaths } from '@tensorflow/tfjs-backend-wasm';
import '@tensorflow/tfjs-backend-webgpu';

export interface BareRun {
  readonly backend: 'webgpu' | 'wasm';
  readonly modelUrl: string;
  readonly wasmFolder: string;
  readonly size: number;
  /** One after the other; the last one's answer is given. */
  readonly slices: readonly (readonly number[])[];
}

declare global {
  interface Window {
    bare?: (run: BareRun) => Promise<number[]>;
  }
}

window.bare = async ({ backend, modelUrl, wasmFolder, size, slices }) => {
  setWasmPaths(wasmFolder);
  if (!(await tf.setBackend(backend))) throw new Error(`no ${backend}`);
  const model = await tf.loadGraphModel(modelUrl);
  let answer: ArrayLike<number> = [];
  for (const slice of slices) {
    const image = tf.tensor4d([...slice], [1, size, size, 1]);
    answer = await (model.predict(image) as tf.Tensor).data();
  }
  return Array.from(answer);
};
