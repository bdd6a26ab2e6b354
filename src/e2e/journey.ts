/** Steps that browser tests share. Importing `test` from here makes every test fail on a console error. */
import { buffer } from 'node:stream/consumers';
import { test as base, expect, type Download, type Page } from '@playwright/test';
import { decode as decodePng } from 'fast-png';

export { expect } from '@playwright/test';

interface Watch {
  /** What the browser itself complains of when a test cuts the network; none by default. */
  expectedErrors: RegExp[];
}

/** A page that must stay silent: no console error or warning, no uncaught exception. */
export const test = base.extend<Watch>({
  expectedErrors: [[], { option: true }],
  page: async ({ page, expectedErrors }, use) => {
    const complaints: string[] = [];
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
    });
    page.on('pageerror', (error) => complaints.push(error.message));
    await use(page);
    expect(complaints.filter((text) => !expectedErrors.some((one) => one.test(text)))).toEqual([]);
  },
});

export type Phase = 'empty' | 'opening' | 'ready' | 'segmenting' | 'segmented' | 'failed';

export async function reach(page: Page, phase: Phase, timeout = 60_000) {
  await expect(page.locator('html')).toHaveAttribute('data-phase', phase, { timeout });
}

export interface Picture {
  readonly name: string;
  readonly buffer: Buffer;
  readonly mimeType: string;
}

export async function choose(page: Page, ...pictures: readonly Picture[]) {
  await page.getByLabel('Choose files').setInputFiles([...pictures]);
}

/** What `act` makes the browser download, by name. */
export async function downloads(page: Page, count: number, act: () => Promise<unknown>): Promise<Map<string, Buffer>> {
  const arrived: Download[] = [];
  const all = new Promise<void>((resolve) => {
    page.on('download', (download) => {
      arrived.push(download);
      if (arrived.length === count) resolve();
    });
  });
  await act();
  await all;
  const files = await Promise.all(
    arrived.map(async (one) => [one.suggestedFilename(), await buffer(await one.createReadStream())] as const),
  );
  return new Map(files);
}

export interface GreyPng {
  readonly width: number;
  readonly height: number;
  readonly depth: number;
  readonly values: readonly number[];
}

export function greyPng(bytes: Uint8Array): GreyPng {
  const { width, height, depth, channels, data } = decodePng(bytes);
  expect(channels).toBe(1);
  return { width, height, depth, values: [...data] };
}

export function differingPixels(a: GreyPng, b: GreyPng): number {
  expect([a.width, a.height]).toEqual([b.width, b.height]);
  return a.values.filter((value, index) => value !== b.values[index]).length;
}
