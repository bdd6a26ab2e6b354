/** Chooses where the networks run, and says why. */
import { enableProdMode } from '@tensorflow/tfjs-core';
import type { BackendChoice } from '../domain/backend';
import { PipelineFailure } from '../domain/errors';
import { backendNames, type Engine } from './engine';
import { adapterName, findAdapter, isSoftware } from './gpuAdapter';
import { GpuEngine } from './gpuEngine';
import { RelayEngine } from './relayEngine';
import { openWasm } from './wasmEngine';

export type { Engine } from './engine';

export interface BackendHost {
  /**
   * Where TensorFlow.js's `.wasm` files are, ending in a separator: a URL in a browser, a path in Node. Or the address of
   * each by its name.
   */
  readonly wasmFolder: string | Readonly<Record<string, string>>;
  /** The most threads wasm may use; as many as the machine has cores where it is not given. */
  readonly wasmThreads?: number;
}

/**
 * `auto` prefers a real GPU, then wasm, also later: a GPU that fails twice in a row is replaced. `webgpu` takes whatever
 * adapter there is, a software one too, and nothing else: who asks for it measures it, so that its failure is an error.
 *
 * @throws PipelineFailure `backend-unavailable`; `program-unreachable` if a backend's program did not arrive
 */
export async function openBackend(choice: BackendChoice, host: BackendHost): Promise<Engine> {
  enableProdMode();
  switch (choice) {
    case 'wasm':
      return openWasm(host, 'It was asked for.');
    case 'webgpu': {
      const adapter = await findAdapter();
      if (!adapter) throw unavailable(whyNoAdapter());
      return (await openGpu(adapter, host, 'It was asked for.')).gpu;
    }
    case 'auto': {
      const adapter = await findAdapter();
      if (!adapter) return openWasm(host, whyNoAdapter());
      if (isSoftware(adapter)) {
        const found = `this browser offers only a software adapter (${adapterName(adapter)})`;
        return openWasm(host, `No GPU that WebGPU can use: ${found}, which is 100 times slower than wasm.`);
      }
      try {
        const { gpu, wasm } = await openGpu(adapter, host, 'WebGPU offers this GPU.');
        return new RelayEngine(gpu, wasm);
      } catch (thrown) {
        if (!(thrown instanceof PipelineFailure) || thrown.error.code !== 'backend-unavailable') throw thrown;
        return openWasm(host, `No GPU that WebGPU can use: ${thrown.error.reason}`);
      }
    }
  }
}

async function openGpu(adapter: GPUAdapter, host: BackendHost, reason: string) {
  const wasm = await openWasm(host, 'It checks what the GPU answers.');
  try {
    return { gpu: await GpuEngine.open(adapter, wasm, reason), wasm };
  } catch (thrown) {
    if (thrown instanceof PipelineFailure) throw thrown;
    throw unavailable(`The GPU could not be opened (${thrown instanceof Error ? thrown.message : String(thrown)}).`);
  }
}

function whyNoAdapter(): string {
  return globalThis.navigator?.gpu === undefined
    ? 'No GPU that WebGPU can use: there is no WebGPU here.'
    : 'No GPU that WebGPU can use: WebGPU finds no adapter.';
}

const unavailable = (reason: string) =>
  new PipelineFailure({ code: 'backend-unavailable', backend: backendNames.webgpu, reason });
