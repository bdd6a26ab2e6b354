/** The wasm backend: SIMD, and as many threads as it may have. There is one for the whole process, so its state is here once. */
import * as tf from '@tensorflow/tfjs-core';
import { PipelineFailure } from '../domain/errors';
import type { BackendHost } from './backend';
import { EngineFault, type Engine } from './engine';
import { inTurn } from './turn';
import { faultOf, hearingRefusals, refuseAddressZero } from './wasmGuards';

/** The pool that TensorFlow.js 4.22 starts its threads from. */
const mostThreads = 8;

const part = 'the networks’ wasm backend';

let folder: BackendHost['wasmFolder'] | undefined;
let threadCount = 1;
let isFaulty = false;
/** A kernel said that it did not run. */
let isRefused = false;
const releases = new Set<() => void>();

/** @throws PipelineFailure `backend-unavailable`, `program-unreachable` */
export async function openWasm(host: BackendHost, reason: string): Promise<Engine> {
  const { simd, threads } = await inTurn(() => start(host));
  const adapter = `${threads} ${threads === 1 ? 'thread' : 'threads'}${simd ? ', SIMD' : ''}`;
  return {
    report: { backend: 'wasm', adapter, reason: [reason, whyOneThread(host)].filter(Boolean).join(' ') },
    reference: undefined,
    run,
    beforeRenewal(release) {
      releases.add(release);
      return () => releases.delete(release);
    },
    retreat: () => false,
    // Its heap keeps nothing by size, and is as large as one slice of the largest network needs, whatever was opened.
    releasePools: () => Promise.resolve(),
  };
}

function run<T>(work: () => Promise<T>): Promise<T> {
  return inTurn(async () => {
    if (isFaulty) await renew();
    await tf.setBackend('wasm');
    try {
      isRefused = false;
      const given = await work();
      if (isRefused) throw new EngineFault('untrusted', 'a step of the network did not run');
      return given;
    } catch (thrown) {
      const fault = faultOf(thrown);
      isFaulty = fault !== undefined;
      throw fault ?? thrown;
    }
  });
}

async function start(host: BackendHost) {
  if (typeof WebAssembly === 'undefined') {
    const reason = 'This browser has no WebAssembly, or its settings forbid it.';
    throw new PipelineFailure({ code: 'backend-unavailable', backend: 'wasm', reason });
  }
  const program = await import('@tensorflow/tfjs-backend-wasm').catch(() => {
    throw new PipelineFailure({ code: 'program-unreachable', part });
  });
  if (folder !== host.wasmFolder) {
    folder = host.wasmFolder;
    program.setWasmPaths(folder);
  }
  threadCount = mayUseThreads() ? Math.min(host.wasmThreads ?? navigator.hardwareConcurrency, mostThreads) : 1;
  program.setThreadsCount(threadCount);
  await use();
  return { simd: await tf.env().getAsync('WASM_HAS_SIMD_SUPPORT'), threads: program.getThreadsCount() };
}

/** A trapped or full heap does not come back, and wasm memory never shrinks: a fresh one replaces it. */
async function renew() {
  for (const release of releases) release();
  const factory = tf.findBackendFactory('wasm');
  tf.removeBackend('wasm');
  tf.registerBackend('wasm', factory);
  await use();
  isFaulty = false;
}

/** Makes wasm current, and starts it if it is not running yet. */
async function use() {
  // `findBackend` would start one, and `setBackend`, which cannot know of it, another.
  const known = tf.engine().registry['wasm'];
  const isStarted = await withCores(2 * threadCount, () =>
    hearingRefusals(
      () => (isRefused = true),
      () => tf.setBackend('wasm'),
    ),
  );
  if (!isStarted) throw new PipelineFailure({ code: 'program-unreachable', part });
  if (tf.backend() !== known) refuseAddressZero(tf.backend());
}

/** TensorFlow.js takes half as many threads as there are cores, at most, and says nothing: two cores would give one. */
async function withCores<T>(count: number, work: () => Promise<T>): Promise<T> {
  if (threadCount === 1) return work();
  Object.defineProperty(navigator, 'hardwareConcurrency', { value: count, configurable: true });
  try {
    return await work();
  } finally {
    Reflect.deleteProperty(navigator, 'hardwareConcurrency');
  }
}

/** Threads share memory, which browsers allow on cross-origin isolated pages only. In Node: tfjs issue 3830. */
const mayUseThreads = () => !isNode() && globalThis.crossOriginIsolated;

const isNode = () => Boolean(tf.env().get('IS_NODE'));

function whyOneThread({ wasmThreads }: BackendHost): string {
  if (mayUseThreads() || isNode() || wasmThreads === 1) return '';
  return 'It has one thread only: the page is not cross-origin isolated.';
}
