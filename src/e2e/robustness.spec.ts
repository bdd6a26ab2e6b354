/** Cancel, lost networks, bad files, many files. */
import { choose, downloads, expect, reach, test, type Picture } from './journey';
import { fixture, hugePng, photograph, phantomPng, phantomTiff } from './pictures';

test('a running segmentation is cancelled at once, and can be started again', async ({ page }) => {
  await page.goto('?backend=wasm');
  await choose(page, phantomTiff(12));
  await reach(page, 'segmenting');
  await expect(page.getByRole('progressbar', { name: /segmenting/ })).toBeVisible();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await reach(page, 'ready', 1000);
  await page.getByRole('button', { name: 'Segment', exact: true }).click();
  await reach(page, 'segmenting');
  await page.keyboard.press('Escape');
  await reach(page, 'ready', 1000);
  // The next file does not wait for what was cancelled.
  await choose(page, phantomPng());
  await reach(page, 'segmented', 15_000);
});

test('the page answers while the network runs', async ({ page }) => {
  await page.goto('?backend=wasm');
  await choose(page, phantomTiff(6));
  await reach(page, 'segmenting');
  const longest = await page.evaluate(async () => {
    let longestMs = 0;
    for (let frame = 0, last = performance.now(); frame < 60; frame++) {
      await new Promise(requestAnimationFrame);
      const now = performance.now();
      longestMs = Math.max(longestMs, now - last);
      last = now;
    }
    return longestMs;
  });
  expect(longest).toBeLessThan(500);
});

test.describe('without the server', () => {
  test.use({ expectedErrors: [/Failed to load resource/] });

  test('networks that were fetched once are served from this computer, until they are forgotten', async ({ page }) => {
    await page.goto('?backend=wasm');
    await expect(page.getByRole('button', { name: 'Forget networks' })).toBeVisible({ timeout: 30_000 });
    await page.context().route('**/models/**', (route) => route.abort());
    await page.reload();
    await choose(page, phantomPng());
    await reach(page, 'segmented');

    await page.getByRole('button', { name: 'Forget networks' }).click();
    await expect(page.getByRole('button', { name: 'Forget networks' })).toBeHidden();
    await page.reload();
    await choose(page, phantomPng());
    await reach(page, 'failed');
    await expect(page.getByRole('alert')).toContainText('could not be fetched');

    await page.context().unroute('**/models/**');
    await page.getByRole('button', { name: 'Try again' }).click();
    await reach(page, 'segmented');
  });
});

/** All before `then-…` in the alphabet: the list is in the order of names. */
const badFiles: readonly (readonly [file: string, says: RegExp])[] = [
  ['empty.png', /empty/],
  ['text.png', /text/],
  ['cut.png', /ends too early/],
  ['cut.jpg', /ends too early/],
  ['cut.tif', /ends too early/],
  ['pixel.png', /too small/],
  ['precision12.jpg', /12-bit/],
  ['animated.gif', /GIF/],
  ['animated.webp', /animated WebP/i],
];

test('each bad file says what is wrong with it, and the next file works', async ({ page }) => {
  await page.goto('?backend=wasm');
  const bad = await Promise.all(badFiles.map(async ([file, says]) => ({ picture: await fixture(file), says })));
  bad.push({ picture: hugePng(), says: /too large/ });
  for (const [index, { picture, says }] of bad.entries()) {
    await choose(page, picture, phantomPng(`then-${index}.png`));
    await reach(page, 'failed');
    await expect(page.getByRole('alert')).toContainText(says);
    await page.getByRole('button', { name: 'Next file' }).click();
    await reach(page, 'segmented');
    await page.getByRole('button', { name: 'Close all' }).click();
    await reach(page, 'empty');
  }
});

test('details of an error are copied without the file’s name', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.goto('?backend=wasm');
  await choose(page, { ...(await fixture('cut.png')), name: 'Jane Doe 1970.png' });
  await reach(page, 'failed');
  await page.getByRole('button', { name: 'Copy details' }).click();
  await expect(page.getByRole('button', { name: 'Details copied' })).toBeVisible();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  expect(JSON.parse(copied)).toMatchObject({ error: { code: 'truncated-file' } });
  expect(copied).not.toContain('Jane');
});

test('a photograph is segmented, with the warning that it is no MRI', async ({ page }) => {
  await page.goto('?backend=wasm');
  await choose(page, photograph());
  await reach(page, 'segmented');
  await expect(page.getByRole('list', { name: 'Warnings' })).toContainText('does not look like a head MRI');
});

test('two hundred files are a list that one steps through', async ({ page }) => {
  await page.goto('?backend=wasm');
  const pictures: Picture[] = Array.from({ length: 200 }, (_, index) => phantomPng(`slice-${index + 1}.png`));
  await choose(page, ...pictures);
  await reach(page, 'segmented');
  await expect(page.getByText('1 of 200')).toBeVisible();
  await expect(page.getByRole('navigation', { name: 'Files' }).getByRole('button', { name: /^slice-/ })).toHaveCount(
    200,
  );
  for (let n = 2; n <= 8; n++) {
    await page.locator('body').press('ArrowRight');
    await expect(page.getByText(`${n} of 200`)).toBeVisible();
  }
  await page
    .getByRole('navigation', { name: 'Files' })
    .getByRole('button', { name: /^slice-200/ })
    .click();
  await reach(page, 'segmented');
  const masks = await downloads(page, 1, () => page.getByRole('button', { name: 'Download mask' }).click());
  expect([...masks.keys()]).toEqual(['slice-200.mask.png']);
});
