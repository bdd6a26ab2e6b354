/** A slice of `npm run faults` (which has them all), and what is left when a study is closed. */
import type { Browser } from '@playwright/test';
import { expect, test } from '../journey';
import { faults } from './catalogue';
import type { Column, Fault, Models } from './fault';
import { heldOnGpu, openTapped, segment, stack, tapped } from './longRun';
import { shippedModel, shrunken } from './smallModel';
import { play, type Scene } from './stage';
import { verdictOn, type Mask, type References } from './verdict';

const own = await shippedModel('attention-unet-t1ce');
const other = await shippedModel('nested-unet-t1ce');
const models: Readonly<Record<Column, Models>> = {
  webgpu: { own: await shrunken(own, 8), other: await shrunken(other, 8) },
  wasm: { own, other },
};
const nothing: Fault = { id: 'nothing', what: '', isBare: false, injection: { into: 'worker', name: 'none' } };
const timeout = 200_000;

const short = faults.filter(({ isShort, stored }) => isShort && !stored);

const sceneOf = (browser: Browser, address: string | undefined, column: Column): Scene => ({
  browser,
  address: address ?? '',
  models: models[column],
  column,
});

async function maskOf(scene: Scene): Promise<Mask> {
  const { first } = await play(scene, nothing);
  expect(first).toMatchObject({ kind: 'mask', backend: scene.column });
  return first as Mask;
}

for (const column of ['webgpu', 'wasm'] as const) {
  test.describe(column, () => {
    let references: References;
    test.beforeAll(async ({ browser, baseURL }) => {
      test.setTimeout(timeout);
      const scene = sceneOf(browser, baseURL, column);
      const wasm = await maskOf({ ...scene, column: 'wasm' });
      references = { wasm, webgpu: column === 'webgpu' ? await maskOf(scene) : wasm };
    });

    for (const fault of short.filter(({ isOfGpu = false }) => isOfGpu === (column === 'webgpu'))) {
      test(`${fault.what}: the right mask, or an error in words`, async ({ browser, baseURL }) => {
        test.setTimeout(timeout);
        const outcome = await play(sceneOf(browser, baseURL, column), fault);
        expect(verdictOn(outcome, fault, column, references)).toMatchObject({ passes: true });
      });
    }
  });
}

test('a GPU that goes bad, and is lost before that shows, leaves none of its answers behind', async ({
  browser,
  baseURL,
}) => {
  test.setTimeout(timeout);
  const mapUnder = async (fault: object) => {
    const page = await openTapped(browser, baseURL ?? '', 'backend=webgpu', models.webgpu.own, fault);
    await segment(page, stack(4, 'stack.tif'), timeout);
    await expect.poll(async () => (await tapped(page)).maps.length).toBe(1);
    const { maps, strikes } = await tapped(page);
    await page.context().close();
    return { maps, strikes };
  };
  const { maps } = await mapUnder({ name: 'count' });
  expect(await mapUnder({ name: 'gone-bad-then-lost', at: 3 })).toEqual({ maps, strikes: 1 });
});

test('of a study that is closed no buffer stays on the GPU', async ({ browser, baseURL }) => {
  test.setTimeout(timeout);
  const page = await openTapped(browser, baseURL ?? '', 'backend=webgpu', models.webgpu.own, { name: 'count' });
  const close = async () => {
    await page.getByRole('button', { name: 'Close all' }).click();
    await page.locator('html[data-phase="empty"]').waitFor();
  };
  await segment(page, stack(1, 'first.tif'), timeout);
  await close();
  const before = await heldOnGpu(page);
  await segment(page, stack(2, 'stack.tif'), timeout);
  const open = await heldOnGpu(page);
  await close();
  const after = await heldOnGpu(page);
  expect(open.gpuBytes).toBeGreaterThan(before.gpuBytes);
  expect([after.gpuBytes, after.gpuBuffers]).toEqual([before.gpuBytes, before.gpuBuffers]);
  await page.context().close();
});
