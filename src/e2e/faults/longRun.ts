/** Many slices in one tab: what each took, what came of it, and what is left in memory. */
import type { Browser, Page } from '@playwright/test';
import { headersFor } from '../../offline/policy';
import type { Picture } from '../journey';
import { phantomTiff } from '../pictures';
import { preludeFor } from './stage';
import { programWith, type ServedModel } from './smallModel';

export interface Held {
  /** Page and workers, after a collection. */
  readonly heapBytes: number;
  readonly gpuBytes: number;
  readonly gpuBuffers: number;
  readonly gpuDevices: number;
}

interface Tapped extends Window {
  /** One a segmented stack: SHA-256 of its probabilities. */
  maps?: string[];
  /** When each slice was begun, and the last one ended. */
  sliceTimes?: number[];
  strikes?: number;
}

/** `count` pages that differ: the phantom rolled sideways, page by page. */
export function stack(count: number, name: string): Picture {
  const picture = phantomTiff(count, name);
  const { buffer } = picture;
  const pageBytes = (buffer.length - 8) / count;
  const directoryBytes = 2 + 12 * 9 + 4;
  for (let page = 0; page < count; page++) {
    const at = 8 + page * pageBytes + directoryBytes;
    const pixels = buffer.subarray(at, 8 + (page + 1) * pageBytes);
    const rolled = Buffer.concat([pixels.subarray(3 * page), pixels.subarray(0, 3 * page)]);
    rolled.copy(pixels);
  }
  return picture;
}

/** A page under a prelude, which counts what the GPU holds, with taps on what its worker answers. */
export async function openTapped(
  browser: Browser,
  address: string,
  search: string,
  model: ServedModel,
  fault: object,
): Promise<Page> {
  const context = await browser.newContext({ serviceWorkers: 'block' });
  await context.addInitScript(() => {
    const page = window as Tapped;
    Object.assign(page, { maps: [], sliceTimes: [], strikes: 0 });
    new BroadcastChannel('faults').onmessage = ({ data }) => {
      if (data === 'struck') page.strikes!++;
    };
    const { Worker: Plain } = window;
    window.Worker = class extends Plain {
      constructor(url: string | URL, options?: WorkerOptions) {
        super(url, options);
        this.addEventListener(
          'message',
          ({
            data,
          }: MessageEvent<{
            kind: string;
            stage?: string;
            partial?: object;
            name?: string;
            output?: { map?: { probabilities: Float32Array } };
          }>) => {
            // Progress that brings a slice along is beside that which counts them.
            if (data.kind === 'progress' && data.stage === 'infer' && !data.partial)
              page.sliceTimes!.push(performance.now());
            const probabilities =
              data.kind === 'done' && data.name === 'segment' ? data.output?.map?.probabilities : undefined;
            if (!probabilities) return;
            // A copy: what pages and workers share is not digested.
            void crypto.subtle
              .digest('SHA-256', probabilities.slice())
              .then((hash) => page.maps!.push(Array.from(new Uint8Array(hash)).join(',')));
          },
        );
      }
    };
  });
  await context.route(
    (url) => url.href.startsWith(`${address}models/attention-unet-t1ce/`) || /\/worker-[^/]*\.js$/.test(url.pathname),
    async (route) => {
      const at = new URL(route.request().url()).pathname.slice(1);
      const headers = headersFor(at);
      const file = model.get(at.split('/').at(-1)!);
      if (at.startsWith('models/')) return route.fulfill({ body: file ?? Buffer.alloc(0), headers });
      const program = await programWith(await (await route.fetch()).body(), 'attention-unet-t1ce', model);
      return route.fulfill({ body: preludeFor(fault) + program.toString(), headers, contentType: 'text/javascript' });
    },
  );
  const page = await context.newPage();
  await page.goto(`${address}?network=attention-unet&${search}`);
  return page;
}

/** Opens the stack and waits until all of it is segmented. */
export async function segment(page: Page, picture: Picture, timeout: number): Promise<void> {
  await page.getByLabel('Choose files').setInputFiles([picture]);
  await page.locator('html[data-phase="segmented"], html[data-phase="failed"]').waitFor({ timeout });
  const alert = page.getByRole('alert');
  if ((await alert.count()) > 0) throw new Error(await alert.first().innerText());
}

export async function segmentAndClose(page: Page, picture: Picture, timeout: number): Promise<void> {
  await segment(page, picture, timeout);
  await page.getByRole('button', { name: 'Close all' }).click();
  await page.locator('html[data-phase="empty"]').waitFor();
}

export const tapped = (page: Page) =>
  page.evaluate(() => {
    const { maps, sliceTimes, strikes } = window as Tapped;
    return { maps: maps!, sliceTimes: sliceTimes!, strikes: strikes! };
  });

/** Once the worker has given back what it kept for the stack that was closed. */
export async function heldOnGpu(page: Page): Promise<Omit<Held, 'heapBytes'>> {
  return page.evaluate(async () => {
    await new Promise((resolve) => setTimeout(resolve, 500));
    const channel = new BroadcastChannel('faults');
    const told = new Promise<{ gpuBytes: number; buffers: number; devices: number }>((resolve) => {
      channel.onmessage = ({ data }) => typeof data === 'object' && resolve(data as never);
    });
    channel.postMessage('count');
    const { gpuBytes, buffers, devices } = await told;
    channel.close();
    return { gpuBytes, gpuBuffers: buffers, gpuDevices: devices };
  });
}

/** With the heaps of page and workers, after a collection. It may take the browser a minute. */
export async function held(page: Page): Promise<Held> {
  const onGpu = await heldOnGpu(page);
  const heapBytes = await page.evaluate(async () => {
    const measure = performance as Performance & { measureUserAgentSpecificMemory(): Promise<{ bytes: number }> };
    return (await measure.measureUserAgentSpecificMemory()).bytes;
  });
  return { ...onGpu, heapBytes };
}

/** Least squares, a step of the list. */
export function slope(values: readonly number[]): number {
  const middle = (values.length - 1) / 2;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const [over, under] = values.reduce(
    ([up, down], value, at) => [up + (at - middle) * (value - mean), down + (at - middle) ** 2],
    [0, 0],
  );
  return under === 0 ? 0 : over / under;
}
