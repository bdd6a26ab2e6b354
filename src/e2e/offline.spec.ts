/** A static host that goes away: the page works on, also after the browser was closed. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { chromium, expect, test, type Page } from '@playwright/test';
import { reach } from './journey';
import { plainHost } from './plainHost';

test('without its host, and after a restart of the browser, the whole journey works', async ({ launchOptions }) => {
  const profile = mkdtempSync(path.join(tmpdir(), 'metsight-profile-'));
  const host = await plainHost();
  const address = `${host.address}?backend=wasm`;
  const visit = async (journey: (page: Page) => Promise<void>) => {
    const browser = await chromium.launchPersistentContext(profile, launchOptions);
    try {
      const page = await browser.newPage();
      await page.goto(address);
      await journey(page);
    } finally {
      await browser.close();
    }
  };
  try {
    await visit(async (page) => {
      await expect(page.getByText('works offline')).toBeVisible({ timeout: 60_000 });
      await page.getByRole('button', { name: 'Try a phantom' }).click();
      await reach(page, 'segmented');
    });
    await host.close();
    await visit(async (page) => {
      await page.getByRole('button', { name: 'Try a phantom' }).click();
      await reach(page, 'segmented');
      await expect(page.getByRole('table', { name: 'Lesions' }).getByRole('row')).not.toHaveCount(1);
    });
  } finally {
    await host.close();
    rmSync(profile, { recursive: true, force: true });
  }
});
