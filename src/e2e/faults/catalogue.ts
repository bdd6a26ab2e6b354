/** The faults, one a row: what is broken, from outside, and where. */
import type { ServedModel } from './smallModel';
import { changedWeights, published } from './smallModel';

export type Column = 'webgpu' | 'wasm';

/** In what the prelude strikes; `at` and `times` count occasions, -1 is for ever. */
interface Injection {
  readonly into: 'worker' | 'opencv';
  readonly name: string;
  readonly at?: number;
  readonly times?: number;
  readonly hurry?: boolean;
}

/** What the host answers in place of a file; `null` is no connection. */
export type Answer = { readonly status?: number; readonly type?: string; readonly body: Buffer } | null;

interface HostFault {
  /** Of the path inside the page's folder. */
  readonly path: RegExp;
  /** How often; without it always, until disarmed. */
  readonly times?: number;
  /** `undefined` lets it pass. */
  readonly answer: (body: Buffer, models: Models) => Answer | undefined;
}

/** Models as they are published: the one that is used, and another. */
export interface Models {
  readonly own: ServedModel;
  readonly other: ServedModel;
}

export interface Fault {
  readonly id: string;
  readonly what: string;
  readonly injection?: Injection;
  readonly host?: HostFault;
  /** The network was fetched and stored in an earlier visit: `stored`, of these files. */
  readonly stored?: (models: Models) => ServedModel;
  /** What an earlier visit left is damaged before this one. */
  readonly damage?: 'swapped' | 'texts' | 'cut' | 'flipped';
  /** Where TensorFlow.js alone meets it too; elsewhere there is no such part in the bare page. */
  readonly isBare: boolean;
  /** It breaks WebGPU, which wasm does without. */
  readonly isOfGpu?: boolean;
  /** Another program computes, whose rounding may differ: probabilities within the tolerance between backends. */
  readonly isOtherProgram?: boolean;
  /** Part of the short run. */
  readonly isShort?: boolean;
  /** It cannot be taken back in a worker that has met it: the next attempt is after a reload. */
  readonly isLasting?: boolean;
  /** Asked for by address, so that nothing takes over. */
  readonly isAsked?: boolean;
}

const gpu = (id: string, what: string, more: Partial<Injection> = {}, rest: Partial<Fault> = {}): Fault => ({
  id,
  what,
  injection: { into: 'worker', name: id.replace(/-(once|ever|late)$/, ''), ...more },
  isBare: true,
  isOfGpu: true,
  ...rest,
});

const ever = { times: -1 } as const;

const onGpu: readonly Fault[] = [
  gpu('lost-at-submit-once', 'device lost at the 3rd submission', { at: 3 }, { isShort: true }),
  gpu('lost-at-submit-late', 'device lost at the 12th submission', { at: 12 }),
  gpu('lost-at-submit-ever', 'device lost at every 3rd submission', { at: 3, ...ever }),
  gpu('lost-at-pipeline', 'device lost while compiling'),
  gpu('lost-at-read-once', 'device lost while a slice is read back', { at: 2 }),
  gpu('lost-then-no-device', 'device lost, and no new one is given', { at: 3 }),
  gpu('lost-then-no-adapter', 'device lost, and the adapter is gone', { at: 3 }, { isShort: true }),
  gpu('no-device', 'the adapter gives no device', ever),
  gpu('no-webgpu', 'there is no WebGPU', ever),
  gpu('buffer-too-large-once', 'a buffer beyond the limit: invalid, and read as zeros', { at: 40 }),
  gpu('buffer-too-large-ever', 'every buffer beyond the limit', { at: 40, ...ever }, { isShort: true }),
  gpu('buffer-out-of-memory', 'the GPU reports that its memory is full', { at: 40 }),
  gpu('buffer-throws', 'createBuffer throws a RangeError', { at: 20 }),
  gpu('tiny-limits', 'a device that takes 100 kB at once', ever),
  gpu('read-refused-once', 'mapAsync is refused', { at: 2 }),
  gpu('read-refused-ever', 'mapAsync is always refused', ever),
  gpu('read-never', 'mapAsync never settles', { at: 2, hurry: true }),
  gpu('read-zeros-once', 'one answer is read as zeros', { at: 2 }),
  gpu('read-zeros-ever', 'every answer is read as zeros', ever),
  gpu('read-ones-once', 'one answer is read as ones', { at: 2 }),
  gpu('read-nan-once', 'one answer is NaN', { at: 2 }),
  gpu('read-denormal-once', 'one answer is denormal', { at: 2 }),
  gpu('read-denormal-ever', 'every answer is denormal', ever),
  gpu('read-stale-once', 'one answer is that of the slice before', { at: 2 }, { isShort: true }),
  gpu('read-short-once', 'one answer is cut short', { at: 2 }),
  gpu('read-one-wrong-once', 'one pixel of one answer is wrong', { at: 2 }),
  gpu('read-one-wrong-ever', 'one pixel of every answer is wrong', ever),
  gpu('read-shifted-once', 'one answer is shifted by 8 pixels', { at: 2 }),
  gpu('submit-dropped-once', 'a submission is dropped without a word', { at: 8 }),
  gpu('submit-dropped-ever', 'every submission is dropped without a word', ever),
  gpu('submit-throws', 'queue.submit throws', { at: 4 }),
  gpu('submit-invalid-once', 'a submission uses a destroyed buffer', { at: 90 }),
  gpu('submit-invalid-ever', 'every submission uses a destroyed buffer', { at: 90, ...ever }),
  gpu('write-dropped-once', 'a uniform is not written', { at: 90 }),
  gpu('write-dropped-ever', 'no uniform is written', ever),
  gpu('upload-dropped-once', 'an upload arrives as zeros', { at: 3 }),
  gpu('dispatch-dropped-once', 'one kernel of the slice does not run', { at: 90 }, { isShort: true }),
  gpu('dispatch-dropped-ever', 'no kernel runs', ever),
  gpu('shader-broken-once', 'a shader does not compile', { at: 5 }),
  gpu('shader-broken-ever', 'no shader compiles', ever),
  gpu('pipeline-throws', 'createComputePipeline throws', { at: 3 }),
  gpu('uncaptured-error', 'an uncaptured error is reported', { at: 6 }),
  gpu(
    'lost-asked',
    'device lost at every 3rd submission, WebGPU asked for',
    { name: 'lost-at-submit', at: 3, ...ever },
    { isAsked: true },
  ),
  gpu(
    'dropped-asked',
    'one kernel of the slice does not run, WebGPU asked for',
    { name: 'dispatch-dropped', at: 90 },
    { isAsked: true },
  ),
  {
    id: 'gpu-program-404',
    what: 'the program of the WebGPU backend is not there',
    isOfGpu: true,
    host: {
      path: /^assets\/dist-.*\.js$/,
      answer: (body) => (body.includes('createComputePipeline') ? { status: 404, body: Buffer.alloc(0) } : undefined),
    },
    isBare: false,
  },
];

const worker = (id: string, what: string, more: Partial<Injection> = {}, rest: Partial<Fault> = {}): Fault => ({
  id,
  what,
  injection: { into: 'worker', name: id.replace(/-(once|ever|late)$/, ''), ...more },
  isBare: false,
  ...rest,
});

const bare = { isBare: true } as const;
const hurry = { hurry: true } as const;

const onWasm: readonly Fault[] = [
  worker('wasm-none', 'there is no WebAssembly', ever, { ...bare, isLasting: true }),
  worker('wasm-refused', 'the wasm program cannot be instantiated', ever, bare),
  worker('wasm-memory-refused', 'no memory for the wasm program', ever, bare),
  worker('wasm-no-growth-ever', 'wasm memory does not grow', ever, { ...bare, isShort: true }),
  worker('wasm-malloc-null-once', 'malloc gives 0 once', { at: 100 }, bare),
  worker('wasm-malloc-null-ever', 'malloc gives 0 from the 100th time', { at: 100, ...ever }, bare),
  worker('wasm-trap-once', 'a kernel traps', { at: 20 }, { ...bare, isShort: true }),
  worker('wasm-trap-ever', 'every kernel traps', ever, bare),
  worker('wasm-no-threads', 'threads cannot be started', ever, bare),
  worker('wasm-thread-dies', 'a thread ends, and the others wait for it', hurry),
  worker('not-isolated', 'the page is not isolated: one thread', ever, { isOtherProgram: true }),
  ...(
    [
      ['404', 'is not there', () => ({ status: 404, body: Buffer.alloc(0) })],
      ['unreachable', 'cannot be fetched', () => null],
      ['cut', 'is cut short', (body) => ({ type: 'application/wasm', body: body.subarray(0, body.length / 2) })],
      [
        'subtracting',
        'subtracts where it should add',
        (body) => ({ type: 'application/wasm', body: subtracting(body) }),
      ],
      ['html', 'is a page of the host’s', () => ({ type: 'text/html', body: Buffer.from('<!doctype html>') })],
    ] as const satisfies readonly (readonly [string, string, (body: Buffer) => Answer])[]
  ).map(([id, what, answer]): Fault => ({
    id: `wasm-program-${id}`,
    what: `the wasm program ${what}`,
    host: { path: /tfjs-backend-wasm.*\.wasm$/, answer },
    isBare: true,
  })),
];

/** f32x4.add (0xfd 0xe4 0x01 in the SIMD proposal's opcodes) becomes f32x4.sub: a program that runs, and computes otherwise. */
function subtracting(body: Buffer): Buffer {
  const changed = Buffer.from(body);
  for (let at = 0; at + 2 < changed.length; at++) {
    if (changed[at] === 0xfd && changed[at + 1] === 0xe4 && changed[at + 2] === 0x01) changed[at + 1] = 0xe5;
  }
  return changed;
}

const flipped = (body: Buffer, at = Math.floor(body.length / 2)) => {
  const changed = Buffer.from(body);
  changed[at]! ^= 64;
  return changed;
};

const octets = (body: Buffer): Answer => ({ type: 'application/octet-stream', body });
const json = (body: Buffer): Answer => ({ type: 'application/json', body });

const host = (
  id: string,
  what: string,
  path: RegExp,
  answer: HostFault['answer'],
  rest: Partial<Fault> = {},
  times?: number,
): Fault => ({
  id,
  what,
  host: { path, answer, ...(times === undefined ? {} : { times }) },
  isBare: true,
  ...rest,
});

const weights = /models\/.*weights\.bin$/;
const graph = /models\/.*model\.json$/;
const manifest = /models\/.*manifest\.json$/;

/** All weights are this one, published with sizes and hashes that fit. */
const allWeights = ({ own }: Models, halfFloat: number): ServedModel =>
  published(own, { weights: changedWeights(own, (view, at) => view.setUint16(at, halfFloat, true), 'float16') });

/** An older version whose masks are larger: its last bias is higher. 0x4200 is 3 as float16. */
const older = ({ own }: Models): ServedModel => {
  const isLast = (name: string) => name.endsWith('logits/bias');
  const raise = (view: DataView, at: number, name: string) => isLast(name) && view.setUint16(at, 0x4200, true);
  return published(own, { weights: changedWeights(own, raise, 'float16') }, (its) => {
    delete its.check;
  });
};

/** The whole model is another one, consistent in itself. */
const replaced = (id: string, what: string, make: (models: Models) => ServedModel): Fault => ({
  id,
  what,
  host: {
    path: /models\/.*\.(bin|json)$/,
    answer: (body, models) => {
      const found = [...models.own].find(([, bytes]) => bytes.equals(body))?.[0];
      return found === undefined ? undefined : octets(make(models).get(found)!);
    },
  },
  isBare: true,
});

const onWeights: readonly Fault[] = [
  host(
    'weights-flipped-once',
    'a bit of the weights flips on the way',
    weights,
    (body) => octets(flipped(body)),
    { isShort: true },
    1,
  ),
  host('weights-flipped-ever', 'a bit of the weights is flipped on the host', weights, (body) => octets(flipped(body))),
  host('weights-sign-flipped', 'the sign of one weight is flipped on the host', weights, (body) =>
    octets(flipped(body, 1)),
  ),
  host('weights-cut', 'the weights end too early', weights, (body) => octets(body.subarray(0, -1000))),
  host('weights-empty', 'the weights are empty', weights, () => octets(Buffer.alloc(0))),
  host('weights-swapped', 'the weights are another network’s', weights, (_, { other }) =>
    octets(other.get('weights.bin')!),
  ),
  host('weights-404', 'the weights are not there', weights, () => ({ status: 404, body: Buffer.alloc(0) })),
  host('weights-unreachable-once', 'the connection breaks once', weights, () => null, {}, 1),
  host('weights-html', 'the host answers with a page', weights, () => ({
    type: 'text/html',
    body: Buffer.from('<!doctype html>'),
  })),
  host('graph-swapped', 'the graph is another network’s', graph, (_, { other }) => json(other.get('model.json')!)),
  host('graph-cut', 'the graph ends too early', graph, (body) => json(body.subarray(0, 20_000))),
  host('graph-flipped', 'a letter of the graph is another', graph, (body) => json(flipped(body, 9_000))),
  host(
    'manifest-html',
    'a captive portal answers for the manifest',
    manifest,
    () => ({ type: 'text/html', body: Buffer.from('<!doctype html>') }),
    { isBare: false },
  ),
  host('manifest-cut', 'the manifest ends too early', manifest, (body) => json(body.subarray(0, 300)), {
    isBare: false,
  }),
  host(
    'manifest-old',
    'the manifest is of an older version than the files',
    manifest,
    (_, models) => json(older(models).get('manifest.json')!),
    { isBare: false },
  ),
  replaced('published-nan', 'published weights that are all NaN', (models) => allWeights(models, 0x7e00)),
  replaced('published-infinite', 'published weights that are infinite', (models) => allWeights(models, 0x7c00)),
];

const kept = (id: string, what: string, rest: Partial<Fault>): Fault => ({
  id,
  what,
  stored: ({ own }) => own,
  isBare: false,
  ...rest,
});

const onStorage: readonly Fault[] = [
  kept('stored-flipped', 'a bit of the stored weights is flipped', { damage: 'flipped', isShort: true }),
  kept('stored-cut', 'the stored weights end too early', { damage: 'cut' }),
  kept('stored-swapped', 'stored files lie under each other’s keys', { damage: 'swapped' }),
  kept('stored-texts', 'stored files are texts', { damage: 'texts' }),
  kept('stored-stale', 'what is stored is of an older version', { stored: older }),
  kept('stored-rots', 'the disk gives other bytes than were written', {
    injection: { into: 'worker', name: 'idb-flipped' },
  }),
  kept('stored-offline', 'the host is gone, the network is stored', { host: { path: /models\//, answer: () => null } }),
  kept('stored-offline-flipped', 'the host is gone, the stored weights are damaged', {
    damage: 'flipped',
    host: { path: /models\//, answer: () => null },
  }),
  worker('idb-none', 'there is no IndexedDB', ever),
  worker('idb-denied', 'IndexedDB is denied (private window)', ever, { isShort: true }),
  worker('idb-hangs', 'IndexedDB never answers', ever),
  worker('idb-quota', 'the disk is full', ever),
  worker('idb-connection-lost-once', 'the connection to IndexedDB is lost'),
  worker('idb-connection-lost-ever', 'the connection to IndexedDB is lost each time', ever),
  worker('idb-aborts', 'every transaction is aborted', ever),
];

const opencv = (id: string, what: string, more: Partial<Injection> = {}): Fault => ({
  id,
  what,
  injection: { into: 'opencv', name: id.replace(/-(once|ever|late)$/, ''), ...more },
  isBare: false,
});

const onRest: readonly Fault[] = [
  host('opencv-404', 'OpenCV.js is not there', /opencv.*\.bin$/, () => ({ status: 404, body: Buffer.alloc(0) }), {
    isBare: false,
  }),
  host('opencv-flipped', 'a bit of OpenCV.js is flipped', /opencv.*\.bin$/, (body) => octets(flipped(body)), {
    isBare: false,
  }),
  worker('opencv-worker-missing', 'the worker of OpenCV.js is not there'),
  opencv('clahe-closes', 'the worker of OpenCV.js ends in the middle', { at: 2, hurry: true }),
  opencv('clahe-throws', 'the worker of OpenCV.js throws', { at: 2 }),
  opencv('clahe-short-once', 'CLAHE’s answer is cut short', { at: 2 }),
  opencv('clahe-zeros-ever', 'CLAHE’s answer is black', ever),
  opencv('clahe-none-once', 'CLAHE’s answer holds no picture', { at: 2 }),
  worker('worker-closes', 'the worker ends without a word', hurry, { isShort: true }),
  worker('worker-closes-at-load', 'the worker ends while it loads', hurry),
  worker('worker-hangs', 'the worker hangs', hurry),
  worker('worker-throws', 'the worker throws'),
  worker('worker-rejects', 'a promise in the worker is rejected'),
  worker('memory-refused-once', 'an array finds no memory'),
  worker('memory-refused-ever', 'no large array finds memory', ever),
  host(
    'worker-404',
    'the worker’s program is not there',
    /worker-[^/]*\.js$/,
    () => ({ status: 404, body: Buffer.alloc(0) }),
    { isBare: false },
  ),
];

export const faults: readonly Fault[] = [...onGpu, ...onWasm, ...onWeights, ...onStorage, ...onRest];
