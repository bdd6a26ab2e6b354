import { expect, test } from 'vitest';
import type { PredictReply } from './messages';
import { predict } from './predict';

const scope = 'https://site.example/app/';
const segmented = (masks: number, warningCodes: readonly string[] = []) =>
  ({
    kind: 'segmented',
    masks: Array.from({ length: masks }, (_, n) => ({ type: 'image/png', bytes: Uint8Array.of(137, n) })),
    report: { threshold: 0.5, lesions: [], version: '1' },
    warningCodes,
  }) as unknown as PredictReply;

/** Pages that answer with this, or do not answer. */
function pages(...replies: readonly PredictReply[]): Clients {
  const page = (reply: PredictReply) => ({
    id: 'open',
    url: scope,
    visibilityState: 'visible',
    postMessage: (_: unknown, [port]: [MessagePort]) => {
      port.postMessage({ kind: 'accepted' });
      port.postMessage(reply);
    },
  });
  return { matchAll: async () => replies.map(page), get: async () => page } as unknown as Clients;
}

function post(fields: Readonly<Record<string, string | Blob>>, accept = 'image/png') {
  const body = new FormData();
  for (const [name, value] of Object.entries(fields)) body.append(name, value);
  return new Request(`${scope}predict/`, { method: 'POST', body, headers: { accept } });
}

const file = new File(['png'], 'a.png');
const huge = Object.defineProperty(new File([], 'huge.nii'), 'size', { value: 2 ** 32 + 1 });

/** A request as a browser makes it, and a test cannot. */
const changed = (request: Request, facts: object) =>
  Object.defineProperties(request, Object.fromEntries(Object.entries(facts).map(([name, value]) => [name, { value }])));

test('one slice is answered with its mask as a PNG', async () => {
  const response = await predict(post({ file }), pages(segmented(1)), scope);
  expect([response.status, response.headers.get('content-type')]).toEqual([200, 'image/png']);
  expect([...new Uint8Array(await response.arrayBuffer())]).toEqual([137, 0]);
});

test('a volume is answered with its mask as a NIfTI', async () => {
  const volume = {
    ...segmented(1),
    masks: [{ type: 'application/gzip', bytes: Uint8Array.of(31, 139) }],
  } as PredictReply;
  const response = await predict(post({ file }), pages(volume), scope);
  expect([response.status, response.headers.get('content-type')]).toEqual([200, 'application/gzip']);
  const json = await predict(post({ file }, 'application/json'), pages(volume), scope);
  expect(await json.json()).toMatchObject({ mask: 'H4s=', type: 'application/gzip' });
});

test('asked for JSON, it holds the mask as base64 beside the report', async () => {
  const response = await predict(post({ file }, 'application/json'), pages(segmented(1)), scope);
  expect(await response.json()).toMatchObject({ mask: 'iQA=', lesions: [], version: '1', type: 'image/png' });
});

test('several slices do not fit one PNG; as JSON all are there', async () => {
  expect((await predict(post({ file }), pages(segmented(2)), scope)).status).toBe(422);
  const response = await predict(post({ file }, 'application/json'), pages(segmented(2)), scope);
  expect(await response.json()).toMatchObject({ mask: 'iQA=', masks: ['iQA=', 'iQE='] });
});

test('what tempers a mask is said in a header, where there is no place for words', async () => {
  const warned = segmented(1, ['slices-missing', 'unlike-mri']);
  const response = await predict(post({ file }), pages(warned), scope);
  expect(response.headers.get('Metsight-Warnings')).toBe('slices-missing, unlike-mri');
  const plain = await predict(post({ file }), pages(segmented(1)), scope);
  expect(plain.headers.has('Metsight-Warnings')).toBe(false);
});

test('a slice that cannot be read is refused, without the name of its file', async () => {
  const warning = { code: 'slice-unreadable', file: 'Doe^Jane.dcm', reason: 'cut-off' } as const;
  const response = await predict(post({ file }), pages({ kind: 'incomplete', warning }), scope);
  const told = await response.json();
  expect([response.status, told.code]).toEqual([422, 'slice-unreadable']);
  expect(told.message).toMatch(/cut off.*application\/json/);
  expect(told.message).not.toContain('Doe');
});

test.each([
  ['application/json', false],
  ['image/png', true],
])('asked for %s, the input must be whole: %s', async (accept, mustBeWhole) => {
  const asked: unknown[] = [];
  const page = {
    ...{ id: 'open', url: scope, visibilityState: 'visible' },
    postMessage: (request: unknown, [port]: [MessagePort]) => {
      asked.push(request);
      port.postMessage(segmented(1));
    },
  };
  const clients = { matchAll: async () => [page], get: async () => page } as unknown as Clients;
  await predict(post({ file }, accept), clients, scope);
  expect(asked).toMatchObject([{ mustBeWhole }]);
});

test.each([
  ['file-missing', 400, post({ model: 'x' })],
  ['bad-model', 400, post({ file, model: new File(['nested-unet-t1ce'], 'model.txt') })],
  ['bad-threshold', 400, post({ file, threshold: '2' })],
  ['bad-threshold', 400, post({ file, threshold: 'high' })],
  ['not-a-form', 415, new Request(`${scope}predict/`, { method: 'POST', body: 'text' })],
  ['method-not-allowed', 405, new Request(`${scope}predict/`)],
  ['not-a-script', 403, changed(post({ file }), { mode: 'navigate' })],
  ['file-too-large', 413, changed(post({ file }), { formData: async () => ({ get: () => huge }) })],
])('%s is refused with %i and a message', async (code, status, request) => {
  const response = await predict(request, pages(segmented(1)), scope);
  expect(response.status).toBe(status);
  expect(await response.json()).toEqual({ code, message: expect.any(String) });
});

test.each([
  [{ code: 'file-too-large', bytes: 9, maximumBytes: 1 }, 413],
  [{ code: 'unsupported-format', found: 'text' }, 415],
  [{ code: 'empty-file' }, 422],
  [{ code: 'image-too-large', width: 9, height: 9, pages: 1, maximumPixels: 1 }, 413],
  [{ code: 'model-unknown', modelId: 'x', known: [] }, 400],
  [{ code: 'inference-untrusted', backend: 'WebGPU', reason: 'lost' }, 500],
] as const)('%j becomes %i', async (error, status) => {
  const response = await predict(post({ file }), pages({ kind: 'failed', error }), scope);
  expect(response.status).toBe(status);
  expect(await response.json()).toMatchObject({ code: error.code });
});

test('without an open page it says so', async () => {
  expect((await predict(post({ file }), pages(), scope)).status).toBe(503);
});

test('the caller’s own page is not asked while one of this program is open, in sight or not', async () => {
  const { matchAll } = pages(segmented(1));
  const [own] = await matchAll();
  const asked: string[] = [];
  const caller = {
    id: 'caller',
    url: `${scope}caller.html`,
    visibilityState: 'visible',
    postMessage: () => asked.push('caller'),
  };
  for (const url of [scope, `${scope}?backend=wasm`, `${scope}index.html#top`]) {
    const hidden = { ...own, url, visibilityState: 'hidden' };
    const clients = { matchAll: async () => [caller, hidden], get: async () => hidden } as unknown as Clients;
    expect((await predict(post({ file }), clients, scope)).status).toBe(200);
  }
  expect(asked).toEqual([]);
});

test('a page that is closed while it works leaves the file to the next one', async () => {
  const { matchAll } = pages(segmented(1));
  const closed = {
    id: 'closed',
    url: scope,
    visibilityState: 'visible',
    postMessage: (_: unknown, [port]: [MessagePort]) => port.postMessage({ kind: 'accepted' }),
  };
  const clients = (open: readonly unknown[]) =>
    ({ matchAll: async () => [closed, ...open], get: async () => undefined }) as unknown as Clients;
  expect((await predict(post({ file }), clients(await matchAll()), scope)).status).toBe(200);
  expect((await predict(post({ file }), clients([]), scope)).status).toBe(503);
});
