/** From a dropped picture to the files that are taken away. */
import type { Page } from '@playwright/test';
import { segmentByCommandLine } from './commandLine';
import { choose, differingPixels, downloads, expect, greyPng, reach, test } from './journey';
import { phantomPng, phantomSize, phantomTiff, turnedJpeg } from './pictures';
import { plainHost } from './plainHost';

test('both networks’ masks of a picture are, pixel for pixel, those of the command line', async ({ page }) => {
  // The command line compiles and runs both networks on one thread.
  test.slow();
  await page.goto('?backend=wasm');
  await choose(page, phantomPng());
  await reach(page, 'segmented');
  await page.getByRole('radio', { name: 'Both' }).check();
  await expect(page.getByRole('img')).toHaveCount(2);
  await reach(page, 'segmented');

  const button = page.getByRole('button', { name: 'Download mask' });
  const fromPage = await downloads(page, 2, () => button.click());
  const models = ['nested-unet-t1ce', 'attention-unet-t1ce'];
  const fromCommandLine = await segmentByCommandLine(phantomPng(), '--model', models.join(','));
  for (const model of models) {
    const name = `phantom.${model}.mask.png`;
    const mask = greyPng(fromPage.get(name)!);
    expect(mask).toMatchObject({ ...phantomSize, depth: 8 });
    expect(new Set(mask.values)).toEqual(new Set([0, 255]));
    expect(differingPixels(mask, greyPng(fromCommandLine.get(name)!))).toBe(0);
  }
});

test('the phantom of the button is the phantom of the file', async ({ page }) => {
  await page.goto('?backend=wasm');
  await page.getByRole('button', { name: 'Try a phantom' }).click();
  await reach(page, 'segmented');
  const mask = page.getByRole('button', { name: 'Download mask' });
  const drawn = await downloads(page, 1, () => mask.click());
  await choose(page, phantomPng('again.png'));
  await expect(page.getByText('again.png').first()).toBeVisible();
  await reach(page, 'segmented');
  const read = await downloads(page, 1, () => page.keyboard.press('s'));
  const [fromFile, fromButton] = [read.get('again.mask.png')!, drawn.get('phantom.mask.png')!];
  expect(differingPixels(greyPng(fromFile), greyPng(fromButton))).toBe(0);
});

/** Drops the phantom on the page, as a file of this name. */
async function drop(page: Page, name: string) {
  const { buffer } = phantomPng();
  const transfer = await page.evaluateHandle(
    ([base64, name]) => {
      const bytes = Uint8Array.from(atob(base64), (sign) => sign.charCodeAt(0));
      const held = new DataTransfer();
      held.items.add(new File([bytes], name, { type: 'image/png' }));
      return held;
    },
    [buffer.toString('base64'), name] as const,
  );
  await page.dispatchEvent('body', 'dragover', { dataTransfer: transfer });
  await page.dispatchEvent('body', 'drop', { dataTransfer: transfer });
}

test('what is dropped while the page is still being sealed is opened once it is', async ({ page }) => {
  let seal: () => void = () => undefined;
  const sealed = new Promise<void>((resolve) => (seal = resolve));
  // The page asks for its own headers, to see which policy the host sends.
  await page.route('**/index.html', async (route) => {
    await sealed;
    await route.continue();
  });
  await page.goto('?backend=wasm');
  await expect(page.getByText('this page is being sealed, so that')).toBeVisible();
  await drop(page, 'early.png');
  seal();
  await expect(page.getByRole('navigation', { name: 'Files' })).toContainText('early.png');
});

test('where the page has to reload to be sealed, it asks for what was dropped before, and has kept nothing of it', async ({
  page,
}) => {
  let seal: () => void = () => undefined;
  const host = await plainHost('service-worker', new Promise((resolve) => (seal = resolve)));
  try {
    await page.goto(`${host.address}?backend=wasm`);
    await expect(page.getByText('this page is being sealed, so that')).toBeVisible();
    await drop(page, 'early.png');
    seal();
    const asked = page.getByText('Please drop it again');
    await expect(asked).toBeVisible({ timeout: 60_000 });
    expect(await page.evaluate(() => ({ ...sessionStorage }))).toEqual({});
    await drop(page, 'again.png');
    await expect(page.getByRole('navigation', { name: 'Files' })).toContainText('again.png');
    await page.getByRole('button', { name: 'Close all' }).click();
    await reach(page, 'empty');
    await expect(asked).toBeHidden();
  } finally {
    seal();
    await host.close();
  }
});

test('a dropped picture is segmented; overlay, probabilities and lesions can be taken away', async ({ page }) => {
  await page.goto('?backend=wasm');
  await drop(page, 'dropped.png');
  await reach(page, 'segmented');
  await expect(page.getByText('No spacing: pixels only')).toBeVisible();

  const take = async (name: string) => {
    const button = page.getByRole('button', { name });
    return [...(await downloads(page, 1, () => button.click()))][0]!;
  };
  const [overlayName, overlay] = await take('Download overlay');
  expect(overlayName).toBe('dropped.overlay.png');
  expect([overlay.readUInt32BE(16), overlay.readUInt32BE(20)]).toEqual([phantomSize.width, phantomSize.height]);
  const [probabilityName, probability] = await take('Download probability map');
  expect(probabilityName).toBe('dropped.probability.png');
  expect(greyPng(probability)).toMatchObject({ ...phantomSize, depth: 16 });

  const rows = await page.getByRole('table', { name: 'Lesions' }).getByRole('button').count();
  const [csvName, csv] = await take('Download lesions');
  expect(csvName).toBe('dropped.lesions.csv');
  expect(csv.toString().trim().split('\r\n')).toHaveLength(rows + 1);
  await page.getByLabel('File format of the lesions').selectOption('JSON');
  const [jsonName, json] = await take('Download lesions');
  expect(jsonName).toBe('dropped.json');
  expect(JSON.parse(json.toString())).toMatchObject({
    model: { id: 'nested-unet-t1ce' },
    backend: 'wasm',
    ...phantomSize,
  });
});

test('sliders act on the probabilities, live: at a higher threshold the mask is smaller', async ({ page }) => {
  await page.goto('?backend=wasm');
  await choose(page, phantomPng());
  await reach(page, 'segmented');
  const marked = async () => {
    const [, png] = [...(await downloads(page, 1, () => page.keyboard.press('s')))][0]!;
    return greyPng(png).values.filter((value) => value > 0).length;
  };
  const slider = page.getByRole('slider', { name: 'Threshold' });
  await slider.press('Home');
  await expect(slider).toHaveAttribute('aria-valuenow', '0.01');
  await expect(page.getByRole('status')).toContainText('found');
  const low = await marked();
  await slider.press('End');
  await expect(slider).toHaveAttribute('aria-valuenow', '0.99');
  await expect(async () => expect(await marked()).toBeLessThan(low)).toPass();
  await page.getByRole('slider', { name: 'Smallest lesion' }).press('End');
  await expect(page.getByRole('status')).toContainText(/found/);
});

test('the pages of a file are the slices of one stack; each gives its own mask', async ({ page }) => {
  await page.goto('?backend=wasm');
  await choose(page, phantomTiff(3));
  await reach(page, 'segmented');
  await expect(page.getByRole('slider', { name: 'Slice' })).toHaveAttribute('aria-valuetext', '2 of 3');
  await page.locator('body').press('End');
  await expect(page.getByRole('img')).toHaveAccessibleName(/^Slice 3 of 3/);
  const masks = await downloads(page, 1, () => page.getByRole('button', { name: 'Download mask' }).click());
  expect([...masks.keys()]).toEqual(['stack.p003.mask.png']);
  await page.locator('body').press('Home');
  await expect(page.getByRole('img')).toHaveAccessibleName(/^Slice 1 of 3/);
  await page.getByRole('img').hover();
  await page.mouse.wheel(0, 100);
  await expect(page.getByRole('img')).toHaveAccessibleName(/^Slice 2 of 3/);
});

test('a JPEG that its EXIF turns is read upright, and so is its mask', async ({ page }) => {
  await page.goto('?backend=wasm');
  await choose(page, turnedJpeg());
  await reach(page, 'segmented');
  const masks = await downloads(page, 1, () => page.getByRole('button', { name: 'Download mask' }).click());
  const { width, height } = greyPng(masks.get('turned.mask.png')!);
  expect([width, height]).toEqual([phantomSize.height, phantomSize.width]);
});

test('a picture is pasted, by the keyboard and by the button', async ({ page, context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.goto('?backend=wasm');
  await page.evaluate(async (base64) => {
    const bytes = Uint8Array.from(atob(base64), (sign) => sign.charCodeAt(0));
    await navigator.clipboard.write([new ClipboardItem({ 'image/png': new Blob([bytes], { type: 'image/png' }) })]);
  }, phantomPng().buffer.toString('base64'));
  const found = async () => {
    await reach(page, 'segmented');
    const mask = await downloads(page, 1, () => page.keyboard.press('s'));
    return greyPng([...mask.values()][0]!);
  };
  await page.getByRole('button', { name: 'Paste' }).click();
  const byButton = await found();
  expect(byButton).toMatchObject({ ...phantomSize, depth: 8 });
  expect(byButton.values).toContain(255);

  await page.getByRole('button', { name: 'Close all' }).click();
  await reach(page, 'empty');
  await page.keyboard.press('Control+v');
  expect((await found()).values).toEqual(byButton.values);
});
