/** The built page in a browser of its own, with one thing broken from outside, and what becomes of a slice there. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import type { Browser, BrowserContext, Page, Route } from '@playwright/test';
import { headersFor } from '../../offline/policy';
import { greyPng } from '../journey';
import { phantomPng } from '../pictures';
import type { Column, Fault, Models } from './fault';
import { programWith, type ServedModel } from './smallModel';

const prelude = await readFile(path.join(import.meta.dirname, 'prelude.js'), 'utf8');

/** What the page made of the slice. */
export type Seen =
  | {
      readonly kind: 'mask';
      readonly backend: Column;
      /** Every pixel, 0 or 255. */
      readonly mask: readonly number[];
      /** × 65535. */
      readonly probabilities: readonly number[];
      /** What the page says of the backend: its status bar, its warnings. */
      readonly said: string;
    }
  | { readonly kind: 'error'; readonly title: string }
  | { readonly kind: 'nothing' };

export interface Outcome {
  readonly first: Seen;
  /** After an error, with the fault gone: what `Try again` gave. */
  readonly retried?: Seen;
  /** How often the fault struck. */
  readonly strikes: number;
  readonly ms: number;
}

export interface Scene {
  readonly browser: Browser;
  /** Ends in a slash. */
  readonly address: string;
  readonly models: Models;
  readonly column: Column;
}

/** Nothing here takes longer, but for machines that do other things beside. */
const patienceMs = 100_000;

const modelId = 'attention-unet-t1ce';

export async function play({ browser, address, models, column }: Scene, fault: Fault): Promise<Outcome> {
  const started = performance.now();
  const context = await browser.newContext({ serviceWorkers: 'block', baseURL: address });
  const trap = new Trap(fault, models, column, address);
  try {
    await trap.layIn(context);
    const page = await context.newPage();
    const asked = column === 'wasm' ? 'backend=wasm&' : fault.isAsked ? 'backend=webgpu&' : '';
    const url = `${address}?${asked}network=attention-unet`;
    if (fault.stored) await storeBefore(page, url, fault);
    trap.arm();
    await page.goto(url);
    await page.getByLabel('Choose files').setInputFiles([phantomPng()]);
    const first = await look(page);
    const strikes = trap.hostStrikes + (fault.stored ? 1 : 0) + (await strikesIn(page));
    if (first.kind !== 'error') return { first, strikes, ms: performance.now() - started };
    trap.disarm();
    await page.evaluate(() => new BroadcastChannel('faults').postMessage('disarm'));
    if (fault.isLasting) {
      await page.reload();
      await page.getByLabel('Choose files').setInputFiles([phantomPng()]);
    } else {
      await page.getByRole('button', { name: 'Try again' }).first().click();
    }
    const retried = await look(page);
    return { first, retried, strikes, ms: performance.now() - started };
  } finally {
    await context.close();
  }
}

/** What stands between the page and its host. */
class Trap {
  hostStrikes = 0;
  #isArmed = false;
  /** The visit before this one, if there is one. */
  #isEarlier = true;

  constructor(
    private readonly fault: Fault,
    private readonly models: Models,
    private readonly column: Column,
    private readonly address: string,
  ) {}

  arm() {
    this.#isArmed = true;
    this.#isEarlier = false;
  }

  disarm() {
    this.#isArmed = false;
  }

  async layIn(context: BrowserContext) {
    const hurry = this.fault.injection?.hurry === true;
    await context.addInitScript((isHurried) => {
      const page = window as Window & { strikes?: number; __name?: unknown };
      // The compiler of these tests names functions with it.
      page.__name = (named: unknown) => named;
      page.strikes = 0;
      new BroadcastChannel('faults').onmessage = ({ data }) => {
        if (data === 'struck') page.strikes = (page.strikes ?? 0) + 1;
      };
      if (!isHurried) return;
      const { setTimeout: plain } = window;
      Object.assign(window, {
        setTimeout: (act: () => void, ms = 0) => plain(act, ms >= 5000 ? ms / 10 : ms),
      });
    }, hurry);
    const isOurs = (url: URL) => {
      const at = this.#pathOf(url.href);
      return /^models\/|\/worker-[^/]*\.js$/.test(at) || this.fault.host?.path.test(at) === true;
    };
    await context.route(isOurs, (route) => this.#answer(route));
  }

  #pathOf(href: string) {
    return href.slice(this.address.length).split('?')[0] ?? '';
  }

  async #answer(route: Route) {
    const at = this.#pathOf(route.request().url());
    const found = await this.#found(route, at);
    if (!found) return route.fallback();
    const { host } = this.fault;
    const isOpen = host?.times === undefined || this.hostStrikes < host.times;
    const changed = this.#isArmed && isOpen && host?.path.test(at) ? host.answer(found.body, this.models) : undefined;
    const headers = { ...headersFor(at), 'content-type': found.type };
    if (changed === undefined) return route.fulfill({ body: found.body, headers });
    this.hostStrikes++;
    if (changed === null) return route.abort();
    const type = changed.type ?? found.type;
    return route.fulfill({
      status: changed.status ?? 200,
      body: changed.body,
      headers: { ...headers, 'content-type': type },
    });
  }

  async #found(route: Route, at: string) {
    const model = at.startsWith(`models/${modelId}/`) ? this.#served().get(path.basename(at)) : undefined;
    if (model) return { body: model, type: at.endsWith('.json') ? 'application/json' : 'application/octet-stream' };
    const response = await route.fetch();
    const body = await response.body();
    const type = response.headers()['content-type'] ?? '';
    return { body: /\/worker-[^/]*\.js$/.test(at) ? await this.#asBuilt(body) : body, type };
  }

  #served(): ServedModel {
    return (this.#isEarlier ? this.fault.stored?.(this.models) : undefined) ?? this.models.own;
  }

  /** With the prelude, and listing the model that is served. */
  async #asBuilt(program: Buffer): Promise<Buffer> {
    const { injection } = this.fault;
    const none = { name: 'none', hurry: injection?.hurry };
    const into = this.#isArmed ? injection?.into : undefined;
    const given = {
      ...(into === 'worker' ? injection : none),
      disguise: this.column === 'webgpu' && !this.fault.isAsked,
      // A worker that a worker starts is out of this trap's reach: the one lays it in for the other.
      opencv: into === 'opencv' ? preludeFor(injection!) : undefined,
    };
    const listed = (this.#isArmed ? this.fault.listed?.(this.models) : undefined) ?? this.#served();
    return Buffer.concat([Buffer.from(preludeFor(given)), await programWith(program, modelId, listed)]);
  }
}

/** Before the program: static imports run first, but none of them does anything by itself. */
export const preludeFor = (fault: object) => `const FAULT = ${JSON.stringify(fault)};\n${prelude}\n`;

async function storeBefore(page: Page, url: string, { damage }: Fault) {
  await page.goto(url);
  await page.getByRole('button', { name: 'Forget networks' }).waitFor({ timeout: patienceMs });
  if (damage) await page.evaluate(damageStored, damage);
}

/** In the page, on the database as idb-keyval lays it out. */
async function damageStored(damage: NonNullable<Fault['damage']>) {
  const settled = <T>(request: IDBRequest<T>) =>
    new Promise<T>((resolve, reject) => {
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error ?? new Error('IndexedDB'));
    });
  const database = await settled(indexedDB.open('metsight'));
  const store = database.transaction('models', 'readwrite').objectStore('models');
  const isWanted = (key: IDBValidKey) => String(key).endsWith('manifest') === (damage === 'manifest');
  const keys = (await settled(store.getAllKeys())).filter(isWanted);
  const values = (await Promise.all(keys.map((key) => settled(store.get(key))))) as Uint8Array[];
  for (const [n, key] of keys.entries()) {
    const value = values[n]!;
    if (damage === 'manifest') {
      const before = /"threshold":\s*\{\s*"value":\s*0\./.exec(new TextDecoder('latin1').decode(value))!;
      value[before.index + before[0].length]! ^= 4;
    }
    if (damage === 'flipped') value[value.length >> 1]! ^= 64;
    const cut = damage === 'cut' ? value.slice(0, -100) : value;
    const text = damage === 'texts' ? 'no bytes' : cut;
    await settled(store.put(damage === 'swapped' ? values[(n + 1) % values.length] : text, key));
  }
  database.close();
  (window as Window & { strikes?: number }).strikes = keys.length;
  sessionStorage.setItem('strikes', String(keys.length));
}

const strikesIn = (page: Page) =>
  page.evaluate(
    () => ((window as Window & { strikes?: number }).strikes ?? 0) + Number(sessionStorage.getItem('strikes') ?? 0),
  );

/** Until there is a mask, or an error in words, or neither for too long. */
async function look(page: Page): Promise<Seen> {
  const ended = page.locator('html[data-phase="segmented"], html[data-phase="failed"]');
  if (
    !(await ended.waitFor({ timeout: patienceMs }).then(
      () => true,
      () => false,
    ))
  )
    return { kind: 'nothing' };
  if (await page.locator('html[data-phase="failed"]').count()) {
    return { kind: 'error', title: await page.getByRole('alert').first().getByRole('heading').innerText() };
  }
  const mask = greyPng(await saved(page, 'Download mask')).values;
  const probabilities = greyPng(await saved(page, 'Download probability map')).values;
  const footer = await page.getByRole('contentinfo').innerText();
  const list = page.getByRole('list', { name: 'Warnings' });
  const warnings = (await list.count()) > 0 ? await list.innerText() : '';
  const backend = footer.includes('WebGPU ·') ? 'webgpu' : 'wasm';
  return { kind: 'mask', backend, mask, probabilities, said: `${footer}\n${warnings}` };
}

/** The file that a button saves. */
async function saved(page: Page, name: string): Promise<Buffer> {
  const button = page.getByRole('button', { name, exact: true });
  const [download] = await Promise.all([page.waitForEvent('download'), button.click()]);
  return readFile(await download.path());
}
