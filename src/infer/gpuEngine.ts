/**
 * WebGPU with its device in our own hands. TensorFlow.js 4.22 listens to neither `uncapturederror` nor `device.lost`: after
 * an invalid submission a read resolves with what its buffer held before, another slice's answer perhaps.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { BackendReport } from '../domain/backend';
import { PipelineFailure } from '../domain/errors';
import { EngineFault, type Engine } from './engine';
import { adapterName, findAdapter, isSoftware } from './gpuAdapter';
import { emptyPools, refuseBeyondLimits } from './gpuMemory';
import { inTurn } from './turn';

const scopes = ['validation', 'out-of-memory', 'internal'] as const;

/** Defaults are for phones; TensorFlow.js sizes its work by what the device says it can do. */
const limits = [
  'maxBufferSize',
  'maxStorageBufferBindingSize',
  'maxComputeWorkgroupStorageSize',
  'maxComputeInvocationsPerWorkgroup',
  'maxComputeWorkgroupSizeX',
  'maxComputeWorkgroupsPerDimension',
] as const;

/** The longest work is compiling a network and proving it: seconds on a GPU, minutes on a processor that plays one. */
const patienceMs = { gpu: 60_000, software: 900_000 } as const;

/** Errors are told at once, if a device tells anything: after work that took all the time, they are waited for no longer. */
const scopesMs = 2000;

export class GpuEngine implements Engine {
  readonly report: BackendReport;
  readonly reference: Engine;
  readonly #releases = new Set<() => void>();
  readonly #patienceMs: number;
  #device: GPUDevice;
  /** The first thing that went wrong with this device. */
  #fault: EngineFault | undefined;

  private constructor(device: GPUDevice, report: BackendReport, reference: Engine, patience: number) {
    this.#patienceMs = patience;
    this.#device = device;
    this.report = report;
    this.reference = reference;
    this.#watch(device);
  }

  /** @throws Error if the adapter gives no device; PipelineFailure `program-unreachable` */
  static async open(adapter: GPUAdapter, reference: Engine, reason: string): Promise<GpuEngine> {
    return inTurn(async () => {
      const patience = patienceMs[isSoftware(adapter) ? 'software' : 'gpu'];
      const device = await openDevice(adapter, performance.now() + patience);
      const report = { backend: 'webgpu', adapter: adapterName(adapter), reason } as const;
      return new GpuEngine(device, report, reference, patience);
    });
  }

  run<T>(work: () => Promise<T>): Promise<T> {
    return inTurn(async () => {
      const endMs = performance.now() + this.#patienceMs;
      if (this.#fault) await this.#renew(endMs);
      await tf.setBackend('webgpu');
      const device = this.#device;
      for (const scope of scopes) device.pushErrorScope(scope);
      const [outcome] = await Promise.allSettled([inTime(endMs, work())]);
      await this.#hearScopes(device, Math.max(endMs, performance.now() + scopesMs));
      if (outcome.status === 'rejected') this.#fault ??= faultOf(outcome.reason);
      if (this.#fault) throw this.#fault;
      if (outcome.status === 'rejected') throw outcome.reason;
      return outcome.value;
    });
  }

  beforeRenewal(release: () => void): () => void {
    this.#releases.add(release);
    return () => this.#releases.delete(release);
  }

  retreat(): boolean {
    return false;
  }

  /** Gives back all of the GPU's memory; nothing can be run after it. */
  close(): Promise<void> {
    return inTurn(async () => {
      if (tf.findBackendFactory('webgpu')) tf.removeBackend('webgpu');
      this.#device.destroy();
    });
  }

  releasePools(): Promise<void> {
    return inTurn(async () => {
      const backend: unknown = tf.findBackend('webgpu');
      if (backend && typeof backend === 'object' && 'bufferManager' in backend) {
        emptyPools(backend.bufferManager as object);
      }
    });
  }

  #watch(device: GPUDevice) {
    const complain = (kind: EngineFault['kind'], reason: string) => {
      if (device === this.#device) this.#fault ??= new EngineFault(kind, reason);
    };
    device.addEventListener('uncapturederror', (event) => {
      event.preventDefault();
      complain(...complaint(event.error));
    });
    void device.lost.then(({ message }) => complain('untrusted', `the GPU was lost${message && `: ${message}`}`));
  }

  async #hearScopes(device: GPUDevice, endMs: number) {
    const errors = await Promise.allSettled(scopes.map(() => inTime(endMs, device.popErrorScope())));
    for (const heard of errors) {
      if (heard.status === 'rejected') this.#fault ??= new EngineFault('untrusted', 'the GPU no longer answers');
      else if (heard.value) this.#fault ??= new EngineFault(...complaint(heard.value));
    }
  }

  /** Weights end with their device, so the networks read them anew from the bytes they keep. */
  async #renew(endMs: number) {
    for (const release of this.#releases) release();
    const adapter = await inTime(endMs, findAdapter());
    if (!adapter) throw new EngineFault('untrusted', 'the GPU did not come back');
    this.#device = await openDevice(adapter, endMs).catch((thrown: unknown) => {
      if (thrown instanceof PipelineFailure) throw thrown;
      throw new EngineFault('untrusted', 'the GPU did not come back');
    });
    this.#fault = undefined;
    this.#watch(this.#device);
  }
}

/**
 * What is asked of the GPU, or a fault: a wait that never ends would hold up every later turn.
 *
 * @param endMs  of `performance.now()`
 */
async function inTime<T>(endMs: number, asked: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    const refuse = () => reject(new EngineFault('untrusted', 'the GPU does not answer'));
    timer = setTimeout(refuse, endMs - performance.now());
  });
  try {
    return await Promise.race([asked, late]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * A device as TensorFlow.js's only `webgpu` backend; the one before it ends.
 *
 * @param endMs  for how long the GPU is waited for. What comes later is ended: whose turn it is by then has another backend
 */
async function openDevice(adapter: GPUAdapter, endMs: number): Promise<GPUDevice> {
  const { WebGPUBackend } = await import('@tensorflow/tfjs-backend-webgpu').catch(() => {
    throw new PipelineFailure({ code: 'program-unreachable', part: 'the GPU backend' });
  });
  // Where a layer has few pixels, sums of 2000 terms and more are added by several workgroups in the order in which they
  // finish (matmul_splitK_webgpu.js): the same slice would then have two answers. Few is up to this many workgroups, and
  // every layer has one. Conv2D_impl.js takes any number above -1, BatchMatMul_impl.js (1×1) passes 0 over for its own.
  tf.env().set('WEBGPU_THRESHOLD_TO_INCREASE_WORKGROUPS_FOR_MATMUL', 0.1);
  const requiredLimits = Object.fromEntries(limits.map((limit) => [limit, adapter.limits[limit]]));
  const asked = adapter.requestDevice({ requiredLimits });
  const device = await inTime(endMs, asked).catch((thrown: unknown) => {
    asked.then((late) => late.destroy()).catch(() => undefined);
    throw thrown;
  });
  refuseBeyondLimits(device);
  // The package registers a backend of its own when it is imported: with a device nobody can watch.
  if (tf.findBackendFactory('webgpu')) {
    const before = tf.engine().registry['webgpu'];
    tf.removeBackend('webgpu');
    if (before instanceof WebGPUBackend) before.device.destroy();
  }
  tf.registerBackend('webgpu', () => new WebGPUBackend(device, adapter.info));
  if (!(await tf.setBackend('webgpu'))) throw new Error('TensorFlow.js refused it');
  return device;
}

/**
 * WebGPU's own refusals, an AbortError with an empty message when the device is lost, a RangeError where a mapped buffer
 * finds no memory (WebGPU §5.1.3); anything else is not its fault.
 */
function faultOf(thrown: unknown): EngineFault | undefined {
  if (thrown instanceof EngineFault) return thrown;
  if (thrown instanceof RangeError) return new EngineFault('out-of-memory', 'the GPU has no memory left');
  return thrown instanceof DOMException ? new EngineFault('untrusted', 'the GPU no longer answers') : undefined;
}

function complaint(error: GPUError): [kind: EngineFault['kind'], reason: string] {
  return error instanceof GPUOutOfMemoryError
    ? ['out-of-memory', 'the GPU has no memory left']
    : ['untrusted', `the GPU reported: ${error.message.split('\n')[0]?.slice(0, 120)}`];
}
