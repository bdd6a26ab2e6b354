import { beforeEach, describe, expect, test, vi } from 'vitest';
import type { AssetSource } from '../domain/assets';
import type { ClaheRequest } from './claheMessages';
import { answerClahe } from './opencvDesk';

const setting = { clipLimit: 2, tiles: [8, 8] } as const;

/** A program in OpenCV.js's place. It counts what is made and not deleted; CLAHE inverts, or throws a number. */
const program = (body: string) => `
  const alive = { count: 0 };
  class Owned { constructor() { alive.count++; } delete() { alive.count--; } }
  class Mat extends Owned { constructor(rows = 0, cols = 0) { super(); this.data = new Uint8Array(rows * cols); } }
  class CLAHE extends Owned {
    apply(from, to) { if (from.data[0] === 13) throw 4711; to.data = from.data.map((byte) => 255 - byte); }
  }
  class Size {}
  let exceptionMessage = 'unknown';
  const exceptionFromPtr = () => ({ msg: exceptionMessage });
  const cv = { Mat, CLAHE, Size, CV_8UC1: 0, exceptionFromPtr };
  ${body}`;

const serving =
  (text: string): AssetSource =>
  () =>
    Promise.resolve(new TextEncoder().encode(text));

/** A fresh module, because it remembers the program it started. */
async function freshLoadClahe() {
  vi.resetModules();
  return (await import('./clahe')).loadClahe;
}

let loadClahe: Awaited<ReturnType<typeof freshLoadClahe>>;
/** Without proof: what stands in OpenCV.js's place inverts. */
const unproven = () => Promise.resolve();
const load = (assets: AssetSource) => loadClahe(assets, undefined, unproven);
beforeEach(async () => {
  loadClahe = await freshLoadClahe();
});

test('a program that runs and answers wrongly meets no picture', async () => {
  await expect(loadClahe(serving(program('module.exports = cv;')))).rejects.toMatchObject({
    error: { code: 'internal', message: 'OpenCV.js does not equalize as it should' },
  });
});

test.each([
  { release: 'a promise', body: 'module.exports = Promise.resolve(cv);' },
  { release: 'the program itself', body: 'module.exports = cv;' },
  {
    release: 'the program before it has started',
    body: 'const late = {}; module.exports = late; setTimeout(() => { Object.assign(late, cv); late.onRuntimeInitialized(); });',
  },
])('starts a release that exports $release', async ({ body }) => {
  const clahe = await load(serving(program(body)));
  expect([...(await clahe.equalize(Uint8Array.of(0, 1, 2, 255), 2, 2, setting))]).toEqual([255, 254, 253, 0]);
});

test('starts the program once for all callers', async () => {
  const assets = vi.fn(serving(program('module.exports = cv;')));
  const both = await Promise.all([load(assets), load(assets)]);
  expect(both[0]).toBe(both[1]);
  expect(assets).toHaveBeenCalledExactlyOnceWith('opencv');
});

test('forgets a failed start, so that the next one can work', async () => {
  await expect(load(() => Promise.reject(new Error('offline')))).rejects.toThrow('offline');
  await expect(load(serving('module.exports = undefined;'))).rejects.toMatchObject({
    error: { code: 'internal', message: expect.stringContaining('it exports undefined') },
  });
  await expect(load(serving('this is no program'))).rejects.toMatchObject({ error: { code: 'internal' } });
  await expect(load(serving(program('module.exports = cv;')))).resolves.toBeDefined();
});

test('hides the page, Node and the network from the program', async () => {
  const names = ['process', 'require', 'fetch', 'XMLHttpRequest', 'importScripts', 'window', 'document', 'self'];
  const seen = names.map((name) => `typeof ${name} + typeof globalThis.${name}`).join(', ');
  const found = `if ([${seen}].some((types) => types !== 'undefinedundefined')) throw new Error('found one');`;
  await expect(load(serving(program(`${found} module.exports = cv;`)))).resolves.toBeDefined();
});

test.each([
  { message: 'Insufficient memory) Failed to allocate', error: { code: 'out-of-memory', stage: 'preprocess' } },
  { message: 'bad tiles', error: { code: 'internal', message: 'OpenCV.js: bad tiles' } },
])('turns the number thrown for "$message" into a typed failure, and starts anew', async ({ message, error }) => {
  const text = program(`exceptionMessage = '${message}'; module.exports = cv;`);
  const clahe = await load(serving(text));
  await expect(clahe.equalize(Uint8Array.of(13), 1, 1, setting)).rejects.toMatchObject({ error });
  expect(await load(serving(text))).not.toBe(clahe);
});

/** A Worker in the browser's sense, with the real desk behind it; what crosses is cloned and moved as there. */
class DeskWorker extends EventTarget {
  static made: DeskWorker[] = [];
  terminated = false;
  cutsAnswers = false;
  readonly #channel: Parameters<typeof answerClahe>[0] = {
    onmessage: null,
    postMessage: (reply) => {
      const data = structuredClone(reply);
      if (this.cutsAnswers && data.kind === 'equalized') Object.assign(data, { image: data.image.slice(1) });
      if (!this.terminated) this.dispatchEvent(new MessageEvent('message', { data }));
    },
  };

  constructor() {
    super();
    DeskWorker.made.push(this);
    answerClahe(this.#channel);
  }

  postMessage(request: ClaheRequest, transfer: Transferable[]) {
    const data = structuredClone(request, { transfer });
    if (!this.terminated) this.#channel.onmessage?.(new MessageEvent('message', { data }));
  }

  terminate() {
    this.terminated = true;
  }
}

describe('in a browser', () => {
  beforeEach(() => {
    DeskWorker.made = [];
  });
  // As much of a Worker as is used.
  const loadApart = (assets: AssetSource) => loadClahe(assets, () => new DeskWorker() as unknown as Worker, unproven);

  test('the program runs in a worker of its own, and the caller keeps his picture', async () => {
    const clahe = await loadApart(serving(program('module.exports = cv;')));
    const image = Uint8Array.of(0, 1, 2, 255);
    const both = await Promise.all([clahe.equalize(image, 2, 2, setting), clahe.equalize(image, 2, 2, setting)]);
    expect(both.map((one) => [...one])).toEqual([
      [255, 254, 253, 0],
      [255, 254, 253, 0],
    ]);
    expect([...image]).toEqual([0, 1, 2, 255]);
    expect(DeskWorker.made).toHaveLength(1);
  });

  test('a program that does not start says why, and its worker is ended', async () => {
    await expect(loadApart(serving('this is no program'))).rejects.toMatchObject({
      error: { code: 'internal', message: expect.stringContaining('did not start') },
    });
    expect(DeskWorker.made.map(({ terminated }) => terminated)).toEqual([true]);
  });

  test('a program that answers wrongly is ended with its worker', async () => {
    const startWorker = () => new DeskWorker() as unknown as Worker;
    await expect(loadClahe(serving(program('module.exports = cv;')), startWorker)).rejects.toMatchObject({
      error: { message: 'OpenCV.js does not equalize as it should' },
    });
    expect(DeskWorker.made.map(({ terminated }) => terminated)).toEqual([true]);
  });

  test('one that is spent refuses at once, and the next one stays', async () => {
    const spent = await loadApart(serving(program('module.exports = cv;')));
    DeskWorker.made[0]!.dispatchEvent(new Event('error'));
    await expect(spent.equalize(Uint8Array.of(1), 1, 1, setting)).rejects.toThrow();
    const next = await loadApart(serving(program('module.exports = cv;')));
    await expect(spent.equalize(Uint8Array.of(1), 1, 1, setting)).rejects.toMatchObject({
      error: { code: 'internal', message: 'the worker of OpenCV.js stopped' },
    });
    expect(await loadApart(serving(program('module.exports = cv;')))).toBe(next);
    expect(DeskWorker.made.map(({ terminated }) => terminated)).toEqual([true, false]);
  });

  test('an answer that is cut short is none, and its worker is ended', async () => {
    const clahe = await loadApart(serving(program('module.exports = cv;')));
    const [worker] = DeskWorker.made;
    worker!.cutsAnswers = true;
    await expect(clahe.equalize(Uint8Array.of(0, 1, 2, 255), 2, 2, setting)).rejects.toMatchObject({
      error: { message: 'OpenCV.js gave no whole image' },
    });
    expect(worker!.terminated).toBe(true);
  });

  test('after a failure the worker is ended and the next one is fresh', async () => {
    const text = program(`exceptionMessage = 'Insufficient memory'; module.exports = cv;`);
    const clahe = await loadApart(serving(text));
    await expect(clahe.equalize(Uint8Array.of(13), 1, 1, setting)).rejects.toMatchObject({
      error: { code: 'out-of-memory', stage: 'preprocess' },
    });
    const fresh = await loadApart(serving(text));
    expect([...(await fresh.equalize(Uint8Array.of(1), 1, 1, setting))]).toEqual([254]);
    expect(DeskWorker.made.map(({ terminated }) => terminated)).toEqual([true, false]);
  });

  test('a worker that dies or falls silent fails what was asked of it', async () => {
    vi.useFakeTimers();
    try {
      const clahe = await loadApart(serving(program('module.exports = cv;')));
      const [worker] = DeskWorker.made;
      vi.spyOn(worker!, 'postMessage').mockImplementation(() => undefined);
      const asked = clahe.equalize(Uint8Array.of(1), 1, 1, setting);
      worker!.dispatchEvent(new Event('error'));
      await expect(asked).rejects.toMatchObject({ error: { message: 'the worker of OpenCV.js stopped' } });

      const second = await loadApart(serving(program('module.exports = cv;')));
      vi.spyOn(DeskWorker.made[1]!, 'postMessage').mockImplementation(() => undefined);
      const silent = second.equalize(Uint8Array.of(1), 1, 1, setting).catch((thrown: unknown) => thrown);
      await vi.advanceTimersByTimeAsync(59_999);
      expect(DeskWorker.made[1]!.terminated).toBe(false);
      await vi.advanceTimersByTimeAsync(1);
      expect(await silent).toMatchObject({ error: { message: 'the worker of OpenCV.js does not answer' } });
      expect(DeskWorker.made[1]!.terminated).toBe(true);
    } finally {
      vi.useRealTimers();
    }
  });
});

test('a machine that slept while a picture was equalized gives the worker its time', async () => {
  vi.useFakeTimers();
  try {
    DeskWorker.made = [];
    const startWorker = () => new DeskWorker() as unknown as Worker;
    const clahe = await loadClahe(serving(program('module.exports = cv;')), startWorker, unproven);
    const [worker] = DeskWorker.made;
    const post = worker!.postMessage.bind(worker);
    const held: [ClaheRequest, Transferable[]][] = [];
    vi.spyOn(worker!, 'postMessage').mockImplementation((...request) => void held.push(request));
    const asked = clahe.equalize(Uint8Array.of(0, 1, 2, 255), 2, 2, setting);
    // Eight hours later the one timer that was running is over, at once.
    vi.setSystemTime(Date.now() + 8 * 3_600_000);
    await vi.advanceTimersToNextTimerAsync();
    post(...held[0]!);
    expect([...(await asked)]).toEqual([255, 254, 253, 0]);
    expect(vi.getTimerCount()).toBe(0);
  } finally {
    vi.useRealTimers();
  }
});

test('leaves no pixel of a picture in the heap', async () => {
  // What is wiped is told by the next answer's first byte.
  const text = program(`
    const plain = CLAHE.prototype.apply;
    let earlier = [];
    CLAHE.prototype.apply = function (from, to) {
      plain.call(this, from, to);
      to.data[0] = earlier.reduce((sum, { data }) => sum + data.reduce((all, byte) => all + byte, 0), 0);
      earlier = [from, to];
    };
    module.exports = cv;`);
  const clahe = await load(serving(text));
  await clahe.equalize(Uint8Array.of(1, 2, 3), 1, 3, setting);
  expect([...(await clahe.equalize(Uint8Array.of(1, 2, 3), 1, 3, setting))]).toEqual([0, 253, 252]);
});

test('deletes everything it made in the heap, also when it fails', async () => {
  // The first byte of its answer tells how many objects were alive meanwhile: two Mats and the CLAHE, never more.
  const text = program(`
    const plain = CLAHE.prototype.apply;
    CLAHE.prototype.apply = function (from, to) { plain.call(this, from, to); to.data[0] = alive.count; };
    module.exports = cv;`);
  const clahe = await load(serving(text));
  await expect(clahe.equalize(Uint8Array.of(13), 1, 1, setting)).rejects.toThrow();
  expect((await clahe.equalize(Uint8Array.of(1), 1, 1, setting))[0]).toBe(3);
  expect((await clahe.equalize(Uint8Array.of(1), 1, 1, setting))[0]).toBe(3);
});
