/** What breaks in the backends. */
import { bare, ever, gpu, hurry, worker, type Answer, type Fault } from './fault';

export const onGpu: readonly Fault[] = [
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

export const onWasm: readonly Fault[] = [
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
