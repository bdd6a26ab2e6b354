/**
 * Runs before everything else in the worker (or in the page of bare TensorFlow.js), and breaks one thing from outside.
 * `FAULT` is { name, at, times, … }: it strikes at the `at`-th occasion (from 1), `times` times; -1 for ever.
 */
/* global FAULT */
(() => {
  const channel = new BroadcastChannel('faults');
  const { name, at = 1, times = 1, hurry = false, disguise = false, opencv } = FAULT;
  let isArmed = true;
  let occasions = 0;
  let strikes = 0;
  channel.onmessage = ({ data }) => {
    if (data === 'disarm') isArmed = false;
  };

  /** Whether this occasion is one to strike at. */
  function strikesNow(isOccasion = true) {
    if (!isArmed || !isOccasion) return false;
    occasions++;
    if (occasions < at || (times >= 0 && strikes >= times)) return false;
    strikes++;
    globalThis.faultStrikes = strikes;
    channel.postMessage('struck');
    return true;
  }

  /** Puts `make(original)` in the place of a method. */
  function wrap(owner, method, make) {
    if (!owner) return;
    const original = owner[method];
    owner[method] = make(original);
  }

  /** What `act` answers to let the call go on. */
  const GO_ON = Symbol('go on');

  /** At an occasion (of the calls that `isOccasion` picks) `act` runs in the place of a call, or before it. */
  function strike(owner, method, act, isOccasion = () => true) {
    wrap(
      owner,
      method,
      (original) =>
        function (...given) {
          const answer = strikesNow(isOccasion.apply(this, given)) ? act.apply(this, given) : GO_ON;
          return answer === GO_ON ? original.apply(this, given) : answer;
        },
    );
  }
  const dropped = (owner, method) => strike(owner, method, () => undefined);
  const throwing = (owner, method, error, isOccasion) =>
    strike(
      owner,
      method,
      () => {
        throw error();
      },
      isOccasion,
    );

  // Long waits end ten times sooner: a hang is then a matter of seconds.
  if (hurry) {
    const { setTimeout: plain } = globalThis;
    globalThis.setTimeout = (act, ms, ...rest) => plain(act, ms >= 5000 ? ms / 10 : ms, ...rest);
  }
  // The software adapter, as a GPU that the program chooses by itself.
  if (disguise && globalThis.GPUAdapter) {
    Object.defineProperty(GPUAdapter.prototype, 'info', {
      get: () => ({ vendor: 'test', architecture: 'disguised', device: '', description: '', isFallbackAdapter: false }),
    });
  }

  // Another prelude, for the worker of OpenCV.js: it runs before that worker's program.
  if (opencv) {
    const { Worker: Plain } = globalThis;
    const script = (text) => URL.createObjectURL(new Blob([text], { type: 'text/javascript' }));
    globalThis.Worker = class extends Plain {
      constructor(address, options) {
        const isOpencv = options?.name === 'opencv';
        super(isOpencv ? script(`import '${script(opencv)}'; import '${address}';`) : address, options);
      }
    };
  }

  const { GPUDevice: Device, GPUQueue: Queue, GPUBuffer: Buffer, GPU: Gpu, GPUAdapter: Adapter } = globalThis;
  const device = Device?.prototype;
  const queue = Queue?.prototype;
  const buffer = Buffer?.prototype;
  const pass = globalThis.GPUComputePassEncoder?.prototype;
  const lastDevice = { current: undefined };
  if (Adapter) {
    wrap(
      Adapter.prototype,
      'requestDevice',
      (original) =>
        async function (...given) {
          if (name === 'no-device' && strikesNow()) throw new DOMException('refused', 'OperationError');
          if (name === 'lost-then-no-device' && strikes > 0 && isArmed)
            throw new DOMException('refused', 'OperationError');
          lastDevice.current = await original.apply(this, given);
          return lastDevice.current;
        },
    );
    wrap(
      Gpu.prototype,
      'requestAdapter',
      (original) =>
        function (...given) {
          if (name === 'lost-then-no-adapter' && strikes > 0 && isArmed) return Promise.resolve(null);
          return original.apply(this, given);
        },
    );
  }

  /** What a read of a whole picture brings back: floats of one slice or more. */
  const isPicture = (bytes) => bytes >= 32 * 32 * 4;
  function isRead() {
    return isPicture(this.size);
  }
  function loseDevice() {
    lastDevice.current.destroy();
    return GO_ON;
  }
  const readBuffers = new WeakSet();
  let earlier;

  /** Changes what is read back from the GPU. */
  function misread(change, isNow = strikesNow) {
    wrap(
      buffer,
      'mapAsync',
      (original) =>
        function (...given) {
          readBuffers.add(this);
          return original.apply(this, given);
        },
    );
    wrap(
      buffer,
      'getMappedRange',
      (original) =>
        function (...given) {
          const range = original.apply(this, given);
          if (!readBuffers.has(this) || !isPicture(this.size)) return range;
          const before = earlier;
          const floats = new Float32Array(range.slice(0));
          // What our own program writes to see whether reading works is no answer.
          if (floats[0] === -1) return range;
          earlier = floats;
          return isNow() ? change(new Float32Array(floats), before) : range;
        },
    );
  }
  const filled = (value) => misread((floats) => floats.fill(value).buffer);

  /** Calls of the wasm program go through here. */
  function wrapExports(change) {
    const withExports = (result) => {
      const instance = result.instance ?? result;
      if (!('malloc' in instance.exports)) return result;
      const exports = { ...instance.exports };
      change(exports);
      const changed = Object.create(WebAssembly.Instance.prototype, { exports: { value: exports } });
      return result.instance ? { instance: changed, module: result.module } : changed;
    };
    for (const method of ['instantiate', 'instantiateStreaming']) {
      wrap(
        WebAssembly,
        method,
        (original) =>
          async (...given) =>
            withExports(await original.apply(WebAssembly, given)),
      );
    }
  }

  /** What the GPU is given and gives back, told when asked for. */
  function count() {
    const alive = new Map();
    let devices = 0;
    const ended = new WeakSet();
    wrap(
      device,
      'createBuffer',
      (original) =>
        function (descriptor) {
          const made = original.call(this, descriptor);
          alive.set(made, { bytes: descriptor.size, device: this });
          return made;
        },
    );
    wrap(
      buffer,
      'destroy',
      (original) =>
        function () {
          alive.delete(this);
          return original.call(this);
        },
    );
    wrap(
      device,
      'destroy',
      (original) =>
        function () {
          for (const [made, { device: owner }] of alive) if (owner === this) alive.delete(made);
          if (!ended.has(this)) devices--;
          ended.add(this);
          return original.call(this);
        },
    );
    wrap(
      Adapter?.prototype,
      'requestDevice',
      (original) =>
        function (...given) {
          devices++;
          return original.apply(this, given);
        },
    );
    channel.addEventListener('message', ({ data }) => {
      if (data !== 'count') return;
      const gpuBytes = [...alive.values()].reduce((sum, { bytes }) => sum + bytes, 0);
      channel.postMessage({ gpuBytes, buffers: alive.size, devices });
    });
  }

  const faults = {
    none() {},
    count,
    /** Once in every slice, in the middle of it. */
    'lost-in-every-slice'() {
      let left = -1;
      wrap(self, 'postMessage', (original) => (message, ...rest) => {
        if (message?.kind === 'progress' && message.stage === 'infer' && message.done < message.total) left = 3;
        return original.call(self, message, ...rest);
      });
      wrap(
        queue,
        'submit',
        (original) =>
          function (...given) {
            if (left-- === 0 && strikesNow()) lastDevice.current.destroy();
            return original.apply(this, given);
          },
      );
      count();
    },
    /** All answers are halved from the slice before the `at`-th on, until the device is lost as that one begins. */
    'gone-bad-then-lost'() {
      let isBad = false;
      wrap(self, 'postMessage', (original) => (message, ...rest) => {
        const isBegun = message?.kind === 'progress' && message.stage === 'infer' && message.done < message.total;
        if (isBegun && !message.partial) {
          const isLost = strikesNow();
          isBad = isArmed && strikes === 0 && occasions >= at - 1;
          if (isLost) lastDevice.current.destroy();
        }
        return original.call(self, message, ...rest);
      });
      misread(
        (floats) => floats.map((p) => p / 2).buffer,
        () => isBad,
      );
      count();
    },
    'lost-at-submit': () => strike(queue, 'submit', loseDevice),
    'lost-then-no-device': () => faults['lost-at-submit'](),
    'lost-then-no-adapter': () => faults['lost-at-submit'](),
    'no-device'() {},
    'no-webgpu': () => Object.defineProperty(navigator, 'gpu', { value: (strikesNow(), undefined) }),
    'lost-at-pipeline': () =>
      strike(device, 'createComputePipeline', function () {
        this.destroy();
        return GO_ON;
      }),
    'lost-at-read': () => strike(buffer, 'mapAsync', loseDevice, isRead),
    'buffer-too-large'() {
      wrap(
        device,
        'createBuffer',
        (original) =>
          function (descriptor) {
            const isStruck = strikesNow(!descriptor.mappedAtCreation && descriptor.usage & GPUBufferUsage.STORAGE);
            return original.call(this, isStruck ? { ...descriptor, size: this.limits.maxBufferSize + 4 } : descriptor);
          },
      );
    },
    'buffer-out-of-memory'() {
      let isOwed = false;
      wrap(
        device,
        'createBuffer',
        (original) =>
          function (descriptor) {
            if (!strikesNow(!descriptor.mappedAtCreation && descriptor.usage & GPUBufferUsage.STORAGE)) {
              return original.call(this, descriptor);
            }
            isOwed = true;
            const made = original.call(this, descriptor);
            made.destroy();
            return made;
          },
      );
      wrap(
        device,
        'popErrorScope',
        (original) =>
          async function () {
            const heard = await original.call(this);
            if (!isOwed) return heard;
            isOwed = false;
            return new GPUOutOfMemoryError('out of memory');
          },
      );
    },
    'buffer-throws': () =>
      throwing(
        device,
        'createBuffer',
        () => new RangeError('createBuffer failed, size is too large'),
        ({ mappedAtCreation }) => mappedAtCreation,
      ),
    'tiny-limits'() {
      const { get } = Object.getOwnPropertyDescriptor(device, 'limits');
      Object.defineProperty(device, 'limits', {
        get() {
          const limits = get.call(this);
          if (!strikesNow()) return limits;
          return new Proxy(limits, {
            get: (own, key) => (/BufferSize|BufferBindingSize/.test(key) ? 100_000 : Reflect.get(own, key)),
          });
        },
      });
    },
    'read-refused': () =>
      strike(buffer, 'mapAsync', () => Promise.reject(new DOMException('', 'OperationError')), isRead),
    'read-never': () => strike(buffer, 'mapAsync', () => new Promise(() => {}), isRead),
    'read-zeros': () => filled(0),
    'read-ones': () => filled(1),
    'read-nan': () => filled(NaN),
    'read-denormal': () => filled(1e-40),
    'read-stale': () => misread((floats, before) => (before ?? floats.fill(0)).buffer),
    'read-short': () => misread((floats) => floats.slice(0, floats.length / 2).buffer),
    'read-one-wrong': () => misread((floats) => ((floats[floats.length / 2] = 0.999), floats.buffer)),
    'read-shifted': () => misread((floats) => floats.copyWithin(8, 0).buffer),
    'submit-dropped': () => dropped(queue, 'submit'),
    'submit-throws': () => throwing(queue, 'submit', () => new TypeError('submit failed')),
    'submit-invalid': () =>
      strike(device, 'createBindGroup', ({ entries }) => {
        entries[0].resource.buffer.destroy();
        return GO_ON;
      }),
    'write-dropped': () => dropped(queue, 'writeBuffer'),
    'upload-dropped'() {
      const mapped = new WeakSet();
      wrap(
        device,
        'createBuffer',
        (original) =>
          function (descriptor) {
            const made = original.call(this, descriptor);
            if (descriptor.mappedAtCreation) mapped.add(made);
            return made;
          },
      );
      wrap(
        buffer,
        'getMappedRange',
        (original) =>
          function (...given) {
            const range = original.apply(this, given);
            return mapped.has(this) && strikesNow(this.size > 1000) ? new ArrayBuffer(range.byteLength) : range;
          },
      );
    },
    'dispatch-dropped': () => dropped(pass, 'dispatchWorkgroups'),
    'shader-broken'() {
      wrap(
        device,
        'createShaderModule',
        (original) =>
          function (descriptor) {
            return original.call(this, strikesNow() ? { ...descriptor, code: 'no shader' } : descriptor);
          },
      );
    },
    'pipeline-throws': () =>
      throwing(device, 'createComputePipeline', () => new DOMException('internal', 'OperationError')),
    'uncaptured-error': () =>
      strike(queue, 'submit', () => {
        const error = new GPUValidationError('injected');
        lastDevice.current.dispatchEvent(new GPUUncapturedErrorEvent('uncapturederror', { error }));
        return GO_ON;
      }),
    'wasm-none': () => (strikesNow(), Object.defineProperty(globalThis, 'WebAssembly', { value: undefined })),
    'wasm-refused'() {
      const refuse = () => Promise.reject(new RangeError('WebAssembly.instantiate(): Out of memory'));
      for (const method of ['instantiate', 'instantiateStreaming']) strike(WebAssembly, method, refuse);
    },
    'wasm-no-growth': () =>
      throwing(
        WebAssembly.Memory.prototype,
        'grow',
        () => new RangeError('WebAssembly.Memory.grow(): Unable to grow instance memory'),
      ),
    'wasm-memory-refused'() {
      const { Memory } = WebAssembly;
      WebAssembly.Memory = function (descriptor) {
        if (strikesNow()) throw new RangeError('could not allocate memory');
        return new Memory(descriptor);
      };
    },
    'wasm-malloc-null': () => wrapExports((exports) => strike(exports, 'malloc', () => 0)),
    'wasm-trap': () =>
      wrapExports((exports) => throwing(exports, 'FusedConv2D', () => new WebAssembly.RuntimeError('unreachable'))),
    'wasm-no-threads'() {
      const { Worker: Plain } = globalThis;
      globalThis.Worker = class extends Plain {
        constructor(address, options) {
          if (String(address).startsWith('blob:') && strikesNow()) throw new DOMException('refused', 'SecurityError');
          super(address, options);
        }
      };
    },
    'wasm-thread-dies'() {
      const { Worker: Plain } = globalThis;
      const threads = [];
      globalThis.Worker = class extends Plain {
        constructor(address, options) {
          super(address, options);
          if (String(address).startsWith('blob:')) threads.push(this);
        }
      };
      self.addEventListener('message', ({ data }) => {
        if (data?.name === 'segment' && threads.length > 0 && strikesNow()) for (const one of threads) one.terminate();
      });
    },
    'not-isolated': () => (strikesNow(), Object.defineProperty(globalThis, 'crossOriginIsolated', { value: false })),
    'memory-refused'() {
      const { Float32Array: Plain } = globalThis;
      globalThis.Float32Array = new Proxy(Plain, {
        construct(target, given) {
          const isLarge = typeof given[0] === 'number' && given[0] >= 32 * 32 && given[0] <= 512 * 512;
          if (strikesNow(isLarge)) throw new RangeError('Array buffer allocation failed');
          return Reflect.construct(target, given);
        },
      });
    },
    'worker-closes': () =>
      self.addEventListener('message', ({ data }) => data?.name === 'segment' && strikesNow() && self.close()),
    'worker-closes-at-load': () =>
      self.addEventListener('message', ({ data }) => data?.name === 'load' && strikesNow() && self.close()),
    'worker-hangs'() {
      self.addEventListener('message', ({ data }) => {
        if (data?.name !== 'segment' || !strikesNow()) return;
        for (const until = Date.now() + 60_000; Date.now() < until;);
      });
    },
    'worker-throws': () =>
      self.addEventListener('message', (event) => {
        if (event.data?.name !== 'segment' || !strikesNow()) return;
        event.stopImmediatePropagation();
        throw new Error('injected');
      }),
    'worker-rejects': () =>
      self.addEventListener('message', (event) => {
        if (event.data?.name !== 'segment' || !strikesNow()) return;
        void Promise.reject(new Error('injected'));
      }),
    'idb-none': () => (strikesNow(), Object.defineProperty(globalThis, 'indexedDB', { value: undefined })),
    'idb-denied': () => throwing(IDBFactory.prototype, 'open', () => new DOMException('denied', 'SecurityError')),
    'idb-hangs': () => strike(IDBFactory.prototype, 'open', () => new EventTarget()),
    'idb-quota': () => throwing(IDBObjectStore.prototype, 'put', () => new DOMException('full', 'QuotaExceededError')),
    'idb-connection-lost': () =>
      strike(IDBDatabase.prototype, 'transaction', function () {
        this.close();
        return GO_ON;
      }),
    'idb-aborts': () =>
      wrap(
        IDBDatabase.prototype,
        'transaction',
        (original) =>
          function (...given) {
            const transaction = original.apply(this, given);
            if (strikesNow()) queueMicrotask(() => transaction.abort());
            return transaction;
          },
      ),
    'idb-flipped'() {
      // As a disk that rots: what is read is not what was written.
      wrap(
        IDBObjectStore.prototype,
        'get',
        (original) =>
          function (...given) {
            const request = original.apply(this, given);
            const { get } = Object.getOwnPropertyDescriptor(IDBRequest.prototype, 'result');
            let changed;
            Object.defineProperty(request, 'result', {
              get() {
                const found = get.call(this);
                if (!(found instanceof Uint8Array) || found.length < 100_000) return found;
                if (changed === undefined && strikesNow()) {
                  changed = found.slice();
                  changed[50_000] ^= 64;
                }
                return changed ?? found;
              },
            });
            return request;
          },
      );
    },
    'opencv-worker-missing'() {
      const { Worker: Plain } = globalThis;
      globalThis.Worker = class extends Plain {
        constructor(address, options) {
          super(options?.name === 'opencv' && strikesNow() ? `${address}.missing` : address, options);
        }
      };
    },
    'clahe-closes': () =>
      self.addEventListener('message', ({ data }) => data?.kind === 'equalize' && strikesNow() && self.close()),
    'clahe-throws': () =>
      self.addEventListener('message', ({ data }) => {
        if (data?.kind === 'equalize' && strikesNow()) throw new Error('injected');
      }),
    'clahe-short': () => answering((image) => image.slice(0, image.length - 64)),
    'clahe-zeros': () => answering((image) => image.fill(0)),
    'clahe-none': () => answering(() => undefined),
  };

  /** Changes the pictures that the worker of OpenCV.js answers with. */
  function answering(change) {
    wrap(self, 'postMessage', (original) => (message, options) => {
      if (message?.kind !== 'equalized' || !strikesNow()) return original.call(self, message, options);
      return original.call(self, { ...message, image: change(message.image) });
    });
  }

  if (!(name in faults)) throw new Error(`no fault ${name}`);
  faults[name]();
})();
