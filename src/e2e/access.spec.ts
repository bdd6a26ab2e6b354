/** For those who use the keyboard, and those who do not see the picture. */
import type { Page } from '@playwright/test';
import { expectNoViolations } from './accessibility';
import { choose, downloads, expect, reach, test } from './journey';
import { fixture, phantomPng, phantomTiff } from './pictures';

for (const colorScheme of ['dark', 'light'] as const) {
  test.describe(colorScheme, () => {
    test.use({ colorScheme, reducedMotion: 'reduce' });

    test('no state of the page has an accessibility violation', async ({ page }) => {
      await page.goto('?backend=wasm');
      await expectNoViolations(page, 'empty');
      await choose(page, phantomTiff(12));
      await reach(page, 'segmenting');
      await expectNoViolations(page, 'segmenting');
      await page.keyboard.press('Escape');
      await expectNoViolations(page, 'cancelled');
      await choose(page, phantomPng());
      await reach(page, 'segmented');
      await expectNoViolations(page, 'segmented');
      await page.keyboard.press('3');
      await expect(page.getByRole('img')).toHaveCount(2);
      await reach(page, 'segmented');
      await expectNoViolations(page, 'both');
      await page.getByRole('radio', { name: 'On one picture' }).check();
      await page.keyboard.press('n');
      await expectNoViolations(page, 'on one picture, a lesion picked');
      await page.keyboard.press('?');
      await expect(page.getByRole('dialog')).toBeVisible();
      await expectNoViolations(page, 'help');
      await page.keyboard.press('Escape');
      await expect(page.getByRole('dialog')).toBeHidden();
      await page.getByRole('button', { name: 'Model card' }).click();
      await expect(page.getByRole('dialog')).toBeVisible();
      await expectNoViolations(page, 'model card');
      await page.keyboard.press('Escape');
      await choose(page, await fixture('cut.png'));
      await reach(page, 'failed');
      await expectNoViolations(page, 'failed');
    });
  });
}

/** Presses Tab until the control has the focus: the way there must exist. */
async function tabTo(page: Page, name: string) {
  for (let presses = 0; presses < 60; presses++) {
    await page.keyboard.press('Tab');
    const isThere = await page.evaluate((wanted) => {
      const focused = document.activeElement;
      const label = focused?.getAttribute('aria-label') ?? focused?.textContent?.trim();
      return label === wanted;
    }, name);
    if (isThere) return;
  }
  throw new Error(`Tab must reach ${name}`);
}

test('the whole journey works by keyboard', async ({ page }) => {
  await page.goto('?backend=wasm');
  await tabTo(page, 'Try a phantom');
  await page.keyboard.press('Enter');
  await reach(page, 'segmented');

  await page.keyboard.press('3');
  await expect(page.getByRole('radio', { name: 'Both' })).toBeChecked();
  await reach(page, 'segmented');
  const [mask] = [...(await downloads(page, 2, () => page.keyboard.press('s'))).keys()];
  expect(mask).toMatch(/mask\.png$/);
  await page.keyboard.press('2');
  await expect(page.getByRole('radio', { name: 'Attention U-Net', exact: true })).toBeChecked();
  await page.keyboard.press('1');
  await expect(page.getByRole('radio', { name: 'Nested U-Net (U-Net++)' })).toBeChecked();

  const threshold = page.getByRole('slider', { name: 'Threshold' });
  const before = Number(await threshold.getAttribute('aria-valuenow'));
  await page.keyboard.press(']');
  await expect.poll(async () => Number(await threshold.getAttribute('aria-valuenow'))).toBeGreaterThan(before);
  await page.keyboard.press('[');
  await page.keyboard.press('f');
  await expect(page.getByRole('radio', { name: 'Fill' })).toBeChecked();
  await page.keyboard.press('c');
  await expect(page.getByRole('radio', { name: 'After' })).toBeChecked();
  await expect(page.getByText('after CLAHE')).toBeVisible();

  await page.keyboard.press('?');
  await expect(page.getByRole('dialog', { name: 'Keys and gestures' })).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('dialog')).toBeHidden();

  await tabTo(page, 'Download overlay');
  const overlays = await downloads(page, 1, () => page.keyboard.press('Enter'));
  expect([...overlays.keys()]).toEqual(['phantom.overlay.png']);
});

test('the focus is never lost when a control goes with its state', async ({ page }) => {
  const isFocusKept = () => page.evaluate(() => document.activeElement !== document.body);
  await page.goto('?backend=wasm');
  await page.getByRole('button', { name: 'Try a phantom' }).press('Enter');
  await reach(page, 'segmented');
  await expect.poll(isFocusKept).toBe(true);
  await choose(page, phantomTiff(12));
  await reach(page, 'segmenting');
  await page.getByRole('button', { name: 'Cancel' }).press('Enter');
  await reach(page, 'ready');
  await expect.poll(isFocusKept).toBe(true);
  await page.getByRole('button', { name: 'Close all' }).press('Enter');
  await reach(page, 'empty');
  await expect.poll(isFocusKept).toBe(true);
});

test('keys step through lesions, and the table’s row is marked', async ({ page }) => {
  await page.goto('?backend=wasm');
  await choose(page, phantomPng());
  await reach(page, 'segmented');
  await page.getByRole('slider', { name: 'Threshold' }).press('Home');
  const rows = page.getByRole('table', { name: 'Lesions' }).getByRole('button');
  await expect(rows.first()).toBeVisible();
  await page.keyboard.press('n');
  await expect(rows.first()).toHaveAttribute('aria-pressed', 'true');
  await page.keyboard.press('p');
  await expect(rows.last()).toHaveAttribute('aria-pressed', 'true');
});

test('at the width of a phone everything can be reached', async ({ page }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await page.goto('?backend=wasm');
  await choose(page, phantomPng());
  await reach(page, 'segmented');
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
  for (const name of ['Download overlay', 'Download probability map', 'Download lesions', 'Forget networks']) {
    await page.getByRole('button', { name }).scrollIntoViewIfNeeded();
    await expect(page.getByRole('button', { name })).toBeInViewport();
  }
});
