import { beforeEach, expect, test, vi } from 'vitest';
import type { AssetSource } from '../domain/assets';

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
beforeEach(async () => {
  loadClahe = await freshLoadClahe();
});

test.each([
  { release: 'a promise', body: 'module.exports = Promise.resolve(cv);' },
  { release: 'the program itself', body: 'module.exports = cv;' },
  {
    release: 'the program before it has started',
    body: 'const late = {}; module.exports = late; setTimeout(() => { Object.assign(late, cv); late.onRuntimeInitialized(); });',
  },
])('starts a release that exports $release', async ({ body }) => {
  const clahe = await loadClahe(serving(program(body)));
  expect([...clahe.equalize(Uint8Array.of(0, 1, 2, 255), 2, 2, setting)]).toEqual([255, 254, 253, 0]);
});

test('starts the program once for all callers', async () => {
  const assets = vi.fn(serving(program('module.exports = cv;')));
  const both = await Promise.all([loadClahe(assets), loadClahe(assets)]);
  expect(both[0]).toBe(both[1]);
  expect(assets).toHaveBeenCalledExactlyOnceWith('opencv');
});

test('forgets a failed start, so that the next one can work', async () => {
  await expect(loadClahe(() => Promise.reject(new Error('offline')))).rejects.toThrow('offline');
  await expect(loadClahe(serving('module.exports = undefined;'))).rejects.toMatchObject({
    error: { code: 'internal', message: expect.stringContaining('it exports undefined') },
  });
  await expect(loadClahe(serving('this is no program'))).rejects.toMatchObject({ error: { code: 'internal' } });
  await expect(loadClahe(serving(program('module.exports = cv;')))).resolves.toBeDefined();
});

test('hides the page, Node and the network from the program', async () => {
  const names = ['process', 'require', 'fetch', 'XMLHttpRequest', 'importScripts', 'window', 'document', 'self'];
  const seen = names.map((name) => `typeof ${name} + typeof globalThis.${name}`).join(', ');
  const found = `if ([${seen}].some((types) => types !== 'undefinedundefined')) throw new Error('found one');`;
  await expect(loadClahe(serving(program(`${found} module.exports = cv;`)))).resolves.toBeDefined();
});

test.each([
  { message: 'Insufficient memory) Failed to allocate', error: { code: 'out-of-memory', stage: 'preprocess' } },
  { message: 'bad tiles', error: { code: 'internal', message: 'OpenCV.js: bad tiles' } },
])('turns the number thrown for "$message" into a typed failure, and starts anew', async ({ message, error }) => {
  const text = program(`exceptionMessage = '${message}'; module.exports = cv;`);
  const clahe = await loadClahe(serving(text));
  expect(() => clahe.equalize(Uint8Array.of(13), 1, 1, setting)).toThrow(expect.objectContaining({ error }));
  expect(await loadClahe(serving(text))).not.toBe(clahe);
});

test('deletes everything it made in the heap, also when it fails', async () => {
  // The first byte of its answer tells how many objects were alive meanwhile: two Mats and the CLAHE, never more.
  const text = program(`
    const plain = CLAHE.prototype.apply;
    CLAHE.prototype.apply = function (from, to) { plain.call(this, from, to); to.data[0] = alive.count; };
    module.exports = cv;`);
  const clahe = await loadClahe(serving(text));
  expect(() => clahe.equalize(Uint8Array.of(13), 1, 1, setting)).toThrow();
  expect(clahe.equalize(Uint8Array.of(1), 1, 1, setting)[0]).toBe(3);
  expect(clahe.equalize(Uint8Array.of(1), 1, 1, setting)[0]).toBe(3);
});
