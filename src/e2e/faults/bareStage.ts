/** Bare TensorFlow.js with the same thing broken: what a page without guards would have shown. */
import { drawCheckSlice } from '../../infer/checkSlice';
import { drawPhantom } from '../../domain/phantom';
import { resample } from '../../domain/resample';
import { headersFor } from '../../offline/policy';
import type { BareRun } from './bare';
import type { Column, Fault } from './fault';
import { preludeFor, type Scene } from './stage';

export type BareSeen =
  | { readonly kind: 'answer'; readonly probabilities: readonly number[] }
  | { readonly kind: 'error'; readonly title: string }
  | { readonly kind: 'nothing' }
  /** The fault found no occasion to strike. */
  | { readonly kind: 'untouched' };

const patienceMs = 40_000;

export async function playBare(
  { browser, address, models, column }: Scene,
  fault: Fault,
  bundle: string,
): Promise<BareSeen> {
  const context = await browser.newContext({ serviceWorkers: 'block' });
  try {
    const injection = fault.injection ?? { name: 'none' };
    await context.addInitScript(preludeFor({ ...injection, disguise: false }));
    let strikes = 0;
    await context.route(
      (url) => url.href.startsWith(address),
      async (route) => {
        const at = route.request().url().slice(address.length);
        const headers = { ...headersFor(at), 'content-security-policy': '' };
        if (at === 'bare.html')
          return route.fulfill({ body: '<!doctype html><meta charset="utf-8" />', headers, contentType: 'text/html' });
        const { host } = fault;
        const served = models.own.get(at.split('/').at(-1)!);
        const body = at.startsWith('models/') && served ? served : await (await route.fetch()).body();
        const isOpen = host?.times === undefined || strikes < host.times;
        const changed = isOpen && host?.path.test(at) ? host.answer(body, models) : undefined;
        if (changed === null) return route.abort();
        if (changed) strikes++;
        const contentType = changed?.type ?? (at.endsWith('.wasm') ? 'application/wasm' : 'application/octet-stream');
        return route.fulfill({ status: changed?.status ?? 200, body: changed?.body ?? body, headers, contentType });
      },
    );
    const page = await context.newPage();
    await page.goto(`${address}bare.html`);
    await page.addScriptTag({ content: bundle, type: 'module' });
    const run = bareRun(address, column, sizeOf(models.own.get('manifest.json')!));
    const answered = page
      .evaluate((asked) => window.bare!(asked), run)
      .then(
        (probabilities): BareSeen => ({ kind: 'answer', probabilities }),
        (thrown: unknown): BareSeen => ({ kind: 'error', title: String(thrown).split('\n')[0]!.slice(0, 120) }),
      );
    const seen = await Promise.race([answered, nothingAfter(patienceMs)]);
    if (seen.kind === 'nothing' || fault.id === 'nothing') return seen;
    const struck = await page.evaluate(() => (globalThis as { faultStrikes?: number }).faultStrikes ?? 0);
    return strikes + struck === 0 ? { kind: 'untouched' } : seen;
  } finally {
    await context.close();
  }
}

function bareRun(address: string, backend: Column, size: number): BareRun {
  const { grid, intensities } = drawPhantom();
  const [cols, rows] = grid.dims;
  const picture = Array.from(resample(intensities, rows, cols, size, size), (value) => value / 255);
  return {
    backend,
    modelUrl: `${address}models/attention-unet-t1ce/model.json`,
    wasmFolder: `${address}assets/tfjs/`,
    size,
    slices: [Array.from(drawCheckSlice(size, size)), picture],
  };
}

const sizeOf = (manifest: Buffer) =>
  (JSON.parse(manifest.toString()) as { preprocess: { inputSize: [number, number] } }).preprocess.inputSize[0];

const nothingAfter = (ms: number) =>
  new Promise<BareSeen>((resolve) => setTimeout(() => resolve({ kind: 'nothing' }), ms).unref());

/** @returns in words, against what it answers when nothing is broken */
export function bareVerdict(seen: BareSeen, undisturbed: readonly number[]): string {
  if (seen.kind === 'nothing') return 'hangs';
  if (seen.kind === 'untouched') return '–';
  if (seen.kind === 'error') return 'error';
  const { probabilities } = seen;
  const isSame =
    probabilities.length === undisturbed.length &&
    probabilities.every((p, at) => Math.abs(p - undisturbed[at]!) <= 1e-4);
  return isSame ? 'right' : 'WRONG';
}
