/**
 * `POST predict/`, answered on this computer: the service worker reads the form and has an open page segment it. (It
 * cannot itself: it may start no workers, and a network takes longer than a browser leaves it running.)
 */
import { errorLine } from '../domain/errorText';
import type { PipelineError } from '../domain/errors';
import { namelessWarningText, type Warning } from '../domain/warnings';
import { headersFor } from './policy';
import type { PredictReply, PredictRequest } from './messages';

/** Above the largest file that the page takes. A service worker is not told how long a form is before it has read it. */
const largestFileBytes = 4 * 2 ** 30;

/** A page that is asleep does not answer; then the next one is asked. */
const acceptWithinMs = 5000;

/** Of an answer that is the mask itself: the codes of `domain/warnings.ts`; left out where there are none. */
const warningsHeader = 'Metsight-Warnings';

/** Nobody tells when a page is closed. */
const lookEveryMs = 1000;

interface Refusal {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

export async function predict(request: Request, clients: Clients, scope: string): Promise<Response> {
  try {
    const asked = await readForm(request);
    if ('status' in asked) return refuse(asked);
    const reply = await segmentInSomePage(asked, clients, scope);
    if ('status' in reply) return refuse(reply);
    if (reply.kind === 'failed') return refuse(refusalOf(reply.error));
    if (reply.kind === 'incomplete') return refuse(incomplete(reply.warning));
    return respond(reply, wantsJson(request));
  } catch {
    return refuse({ status: 500, code: 'internal', message: 'The request could not be answered.' });
  }
}

async function readForm(request: Request): Promise<PredictRequest | Refusal> {
  if (request.method !== 'POST') {
    return { status: 405, code: 'method-not-allowed', message: 'Send the file with POST.' };
  }
  // A form of any other site's page may be sent here, but only as a navigation: scripts need the origin.
  if (request.mode === 'navigate') {
    return { status: 403, code: 'not-a-script', message: 'Only scripts of this page’s own origin are answered.' };
  }
  if (!/^multipart\/form-data\b/i.test(request.headers.get('content-type') ?? '')) {
    return { status: 415, code: 'not-a-form', message: 'Send multipart/form-data with a field "file".' };
  }
  const form = await request.formData().catch(() => undefined);
  if (!form) return { status: 400, code: 'bad-form', message: 'The form cannot be read.' };
  const file = form.get('file');
  if (!(file instanceof File)) {
    return { status: 400, code: 'file-missing', message: 'The form must have a field "file" that holds a file.' };
  }
  if (file.size > largestFileBytes) {
    return { status: 413, code: 'file-too-large', message: 'No file of this size is read.' };
  }
  const model = form.get('model');
  if (model instanceof File) {
    return { status: 400, code: 'bad-model', message: 'model must be the id of a network, as text.' };
  }
  const text = form.get('threshold');
  const threshold = text === null ? undefined : typeof text === 'string' && text.trim() !== '' ? Number(text) : NaN;
  if (threshold !== undefined && !(threshold > 0 && threshold < 1)) {
    return { status: 400, code: 'bad-threshold', message: 'threshold must be a number between 0 and 1.' };
  }
  return {
    kind: 'predict',
    file,
    name: file.name,
    modelId: model || undefined,
    threshold,
    mustBeWhole: !wantsJson(request),
  };
}

type Outcome = Exclude<PredictReply, { kind: 'accepted' }>;

/** This program's page first: another one of the folder, as the caller's, never accepts. Then those in sight: browsers let the others sleep. */
async function segmentInSomePage(asked: PredictRequest, clients: Clients, scope: string): Promise<Outcome | Refusal> {
  const rank = ({ url, visibilityState }: WindowClient) =>
    (/^(index\.html)?([?#]|$)/.test(url.slice(scope.length)) ? 0 : 2) + (visibilityState === 'visible' ? 0 : 1);
  const pages = (await clients.matchAll({ type: 'window' })).filter(({ url }) => url.startsWith(scope));
  pages.sort((a, b) => rank(a) - rank(b));
  for (const page of pages) {
    const outcome = await segmentIn(page, asked, clients);
    if (outcome) return outcome;
  }
  return { status: 503, code: 'no-page', message: 'Open metsight in a tab of this browser: that page does the work.' };
}

/** @returns undefined if this page does not do it: it is none of ours, not ready, asleep, or closed meanwhile */
function segmentIn(page: Client, asked: PredictRequest, clients: Clients): Promise<Outcome | undefined> {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    let watch: ReturnType<typeof setInterval> | undefined;
    const settle = (outcome?: Outcome) => {
      clearTimeout(timer);
      clearInterval(watch);
      port1.close();
      resolve(outcome);
    };
    const timer = setTimeout(settle, acceptWithinMs);
    port1.onmessage = ({ data }: MessageEvent<PredictReply>) => {
      if (data.kind !== 'accepted') return settle(data);
      clearTimeout(timer);
      watch = setInterval(() => void clients.get(page.id).then((open) => open ?? settle()), lookEveryMs);
    };
    page.postMessage(asked, [port2]);
  });
}

const statuses: Partial<Record<PipelineError['code'], number>> = {
  'model-unknown': 400,
  'file-too-large': 413,
  'image-too-large': 413,
  'volume-too-large': 413,
  'unsupported-format': 415,
  'unsupported-variant': 415,
  'model-unreachable': 503,
  'program-unreachable': 503,
  'worker-lost': 503,
  'inference-untrusted': 500,
  'backend-unavailable': 500,
  'model-integrity': 500,
  'model-invalid': 500,
  'out-of-memory': 500,
  cancelled: 503,
  internal: 500,
};

/** What is wrong with the file itself is 422, unless it is its size or its kind. */
const refusalOf = (error: PipelineError): Refusal => ({
  status: statuses[error.code] ?? 422,
  code: error.code,
  message: errorLine(error),
});

const incomplete = (warning: Warning): Refusal => ({
  status: 422,
  code: warning.code,
  message: `${namelessWarningText(warning)} Ask with "Accept: application/json" for the mask of what is left, with its warnings.`,
});

const wantsJson = (request: Request) => /application\/json/i.test(request.headers.get('accept') ?? '');

function respond(outcome: Extract<Outcome, { kind: 'segmented' }>, isJson: boolean): Response {
  const { masks, report, warningCodes } = outcome;
  const [mask] = masks;
  if (!mask) throw new Error('a segmentation must have a mask');
  if (isJson) {
    const encoded = masks.map(({ bytes }) => base64(bytes));
    return json(200, { ...report, mask: encoded[0], ...(masks.length > 1 && { masks: encoded }), type: mask.type });
  }
  if (masks.length > 1) {
    const message = `The file has ${masks.length} slices, and a PNG holds one: ask with "Accept: application/json".`;
    return refuse({ status: 422, code: 'several-slices', message });
  }
  const warned = warningCodes.length > 0 ? { [warningsHeader]: warningCodes.join(', ') } : {};
  return new Response(mask.bytes, { headers: { ...headersFor('predict/'), 'Content-Type': mask.type, ...warned } });
}

const refuse = ({ status, code, message }: Refusal) => json(status, { code, message });

const json = (status: number, body: object) =>
  new Response(JSON.stringify(body), {
    status,
    headers: { ...headersFor('predict/'), 'Content-Type': 'application/json' },
  });

/** RFC 4648 §4. */
function base64(bytes: Uint8Array<ArrayBuffer>): string {
  let text = '';
  // In pieces, because a call takes a limited number of arguments.
  for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(text);
}
