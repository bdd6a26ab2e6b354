/** What the page leaves on a computer: it can be installed, keeps only the networks that were chosen, and forgets all. */
import type { Page } from '@playwright/test';
import { expect, reach, test } from './journey';

const kept = (page: Page) =>
  page.evaluate(async () => {
    const names = await caches.keys();
    const entries = await Promise.all(
      names.map(async (name) => {
        const cache = await caches.open(name);
        const responses = await Promise.all((await cache.keys()).map((key) => cache.match(key)));
        return responses.map((response) => response?.headers.get('X-Path') ?? '');
      }),
    );
    const workers = await navigator.serviceWorker.getRegistrations();
    const databases = (await indexedDB.databases()).map(({ name }) => name);
    return { caches: names.length, paths: entries.flat(), databases, workers: workers.length };
  });

test('the browser offers to install it', async ({ page }) => {
  await page.goto('?backend=wasm');
  await expect(page.getByText('works offline')).toBeVisible({ timeout: 60_000 });
  const session = await page.context().newCDPSession(page);
  expect((await session.send('Page.getAppManifest')).errors).toEqual([]);
  const { installabilityErrors } = await session.send('Page.getInstallabilityErrors');
  // Tests run in a private window, where nothing can be installed.
  expect(installabilityErrors.filter(({ errorId }) => errorId !== 'in-incognito')).toEqual([]);
});

test('a first visit keeps the chosen network and no other; forgetting everything leaves nothing', async ({ page }) => {
  await page.goto('?backend=wasm&network=attention-unet');
  await page.getByRole('button', { name: 'Try a phantom' }).click();
  await reach(page, 'segmented');
  await expect(page.getByText('works offline')).toBeVisible({ timeout: 60_000 });
  const before = await kept(page);
  expect(before).toMatchObject({ caches: 1, databases: ['metsight'], workers: 1 });
  expect(before.paths.filter((path) => path.endsWith('.bin') && path.startsWith('models/'))).toEqual([
    'models/attention-unet-t1ce/weights.bin',
  ]);

  await page.getByRole('button', { name: 'nothing has left this computer' }).click();
  const panel = page.getByRole('dialog', { name: 'Nothing leaves this computer' });
  await expect(panel).toContainText('works offline with attention-unet-t1ce. Other networks are fetched');
  await panel.getByRole('button', { name: 'Forget everything' }).click();
  await expect(panel.getByText('Everything is forgotten.')).toBeVisible();
  const nothing = { caches: 0, paths: [], databases: [], workers: 0 };
  expect(await kept(page)).toEqual(nothing);
  // Nothing that was under way puts it back.
  await page.waitForTimeout(2000);
  expect(await kept(page)).toEqual(nothing);
  // Nor does looking at the panel, nor a request to a worker that knows nothing of it any more.
  await expect(panel.getByRole('button', { name: 'Check every file' })).toBeDisabled();
  await page.evaluate(async () => {
    for (const file of ['index.html', 'assets.json', 'icon.svg']) await (await fetch(file)).arrayBuffer();
  });
  expect(await kept(page)).toEqual(nothing);

  // Nor does the tab, which takes nothing any more.
  await panel.getByRole('button', { name: 'Close' }).click();
  await expect(page.getByText('Reload this page to start again')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Try a phantom' })).toBeDisabled();
  await page.keyboard.press('1');
  await page.waitForTimeout(2000);
  expect((await kept(page)).databases).toEqual([]);
});
