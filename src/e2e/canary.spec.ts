/**
 * Nothing of an input stays behind: a patient whose every text, file and folder name is one word goes the whole way, and
 * then the browser's profile, its console and the downloads are searched for that word.
 */
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  chromium,
  expect,
  test,
  type BrowserContext,
  type Download,
  type LaunchOptions,
  type Page,
} from '@playwright/test';
import { unzipSync } from 'fflate';
import { canary } from '../fuzz/seed';
import { type CanaryFile, canaryDate, canaryRefused, canaryStudy, canaryUid } from './canaryFiles';
import { reach } from './journey';
import { plainHost } from './plainHost';
import { tracesIn, tracesInFolder } from './traces';

const words = [canary, canaryDate, canaryUid];

/** Without the file's own name where it stands for the name of the download: in an archive, and over a report. */
function contentOf({ name, bytes }: Kept): Uint8Array {
  if (name.endsWith('.zip')) return Buffer.concat(Object.values(unzipSync(bytes)));
  return name.endsWith('.report.html') ? Buffer.from(bytes.toString().replaceAll(name.split('.')[0]!, '')) : bytes;
}

const holdsPatientData = (name: string) => /\.(seg|rtstruct)\.dcm$/.test(name);

interface Kept {
  readonly name: string;
  readonly bytes: Buffer;
}

async function laidOut(files: readonly CanaryFile[], folder: string): Promise<readonly string[]> {
  for (const { path: name, bytes } of files) {
    await mkdir(path.dirname(path.join(folder, name)), { recursive: true });
    await writeFile(path.join(folder, name), bytes);
  }
  return files.map(({ path: name }) => path.join(folder, name));
}

/** Everything that the page says, and where it says it from. */
function listenTo(context: BrowserContext): string[] {
  const said: string[] = [];
  context.on('console', (message) => said.push(message.text(), message.location().url));
  context.on('weberror', (error) => said.push(String(error.error().stack)));
  context.on('request', (request) => said.push(request.url()));
  return said;
}

async function whatIsOnScreen(page: Page, said: string[]) {
  said.push(await page.title(), page.url(), await page.evaluate(() => JSON.stringify([history.state, name, { ...localStorage }, { ...sessionStorage }, document.cookie]))); // prettier-ignore
}

/** Each button that saves something, for the file on screen. */
async function takeAll(page: Page, taken: Download[]) {
  const consent = page.getByRole('checkbox', { name: 'the patient’s name' });
  if (await consent.isVisible()) await consent.check();
  for (const format of ['CSV', 'JSON']) {
    await page.getByLabel('File format of the lesions').selectOption(format);
    await take(page, 'Download lesions', taken);
  }
  const buttons = ['Download mask', 'Download overlay', 'Download probability map', 'DICOM SEG', 'RTSTRUCT', 'PNG slices', 'STL', 'Report', 'Screenshot']; // prettier-ignore
  for (const button of buttons) await take(page, button, taken);
}

async function take(page: Page, button: string, taken: Download[]) {
  const found = page.getByRole('button', { name: button, exact: true });
  if (!(await found.isVisible()) || !(await found.isEnabled())) return;
  const before = taken.length;
  await found.click();
  await expect.poll(() => taken.length, { timeout: 30_000, message: button }).toBeGreaterThan(before);
}

async function journey(page: Page, said: string[], study: string, refused: readonly string[], taken: Download[]) {
  await page.getByLabel('Choose a folder').setInputFiles(study);
  const entries = page.getByRole('navigation', { name: 'Files' }).getByRole('listitem');
  await expect.poll(() => entries.count(), { timeout: 60_000 }).toBeGreaterThan(9);
  const count = await entries.count();
  for (let n = 0; n < count; n++) {
    const entry = entries.nth(n).getByRole('button');
    await entry.click();
    await expect(entry).toHaveAttribute('aria-current', 'true');
    await reach(page, 'segmented', 90_000);
    await whatIsOnScreen(page, said);
    await takeAll(page, taken);
  }
  await page.getByRole('button', { name: 'Close all' }).click();
  await reach(page, 'empty');

  for (const file of refused) {
    await page.getByLabel('Choose files').setInputFiles(file);
    await reach(page, 'failed');
    const alert = page.getByRole('alert');
    // The name of the file is on the screen, above the words; it is in neither them nor what is copied.
    said.push(...(await alert.locator('h2, p:not(.name)').allTextContents()));
    await page.getByRole('button', { name: 'Copy details' }).click();
    await expect(page.getByRole('button', { name: 'Details copied' })).toBeVisible();
    said.push(await page.evaluate(() => navigator.clipboard.readText()));
    await whatIsOnScreen(page, said);
    await page.getByRole('button', { name: 'Close all' }).click();
    await reach(page, 'empty');
  }
  return count;
}

const launch = (profile: string, launchOptions: LaunchOptions) =>
  chromium.launchPersistentContext(profile, {
    ...launchOptions,
    acceptDownloads: true,
    viewport: { width: 1440, height: 900 },
  });

let folder = '';
test.beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'metsight-canary-'));
});
test.afterEach(() => rm(folder, { recursive: true, force: true }));

test('after the journey of a marked patient the profile, the console and the downloads hold no mark', async ({
  launchOptions,
}) => {
  test.setTimeout(420_000);
  const host = await plainHost();
  const profile = path.join(folder, 'profile');
  await laidOut(canaryStudy(), path.join(folder, 'in'));
  const refused = await laidOut(await canaryRefused(), path.join(folder, 'in'));
  const context = await launch(profile, launchOptions);
  const said = listenTo(context);
  const taken: Download[] = [];
  const kept: Kept[] = [];
  try {
    await context.grantPermissions(['clipboard-read', 'clipboard-write']);
    const page = await context.newPage();
    page.on('download', (download) => taken.push(download));
    await page.goto(`${host.address}?backend=wasm&network=attention-unet`);
    await expect(page.getByText('works offline')).toBeVisible({ timeout: 60_000 });
    const study = path.join(folder, 'in', `${canary}study`);
    expect(await journey(page, said, study, refused, taken)).toBe(11);
    for (const download of taken)
      kept.push({ name: download.suggestedFilename(), bytes: await readFile(await download.path()) });
    said.push(...taken.map((download) => download.url()));
  } finally {
    await context.close();
    await host.close();
  }

  const marked = kept.filter((one) => tracesIn(contentOf(one), words).length > 0).map(({ name }) => name);
  console.log(`${kept.length} downloads, marked within: ${marked.join(', ')}`);
  console.log(`marked in the profile: ${JSON.stringify(tracesInFolder(profile, words), undefined, 1)}`);
  expect(existsSync(path.join(profile, 'Default'))).toBe(true);
  expect(tracesInFolder(profile, words)).toEqual([]);
  expect(tracesIn(Buffer.from(said.join('\n')), words)).toEqual([]);
  expect(kept.length).toBeGreaterThan(60);
  // What repeats the patient does so because it was told to; and it does.
  expect(marked.filter((name) => !holdsPatientData(name))).toEqual([]);
  expect(marked).toEqual(kept.map(({ name }) => name).filter(holdsPatientData));
  // A download of a file is called after it, as its user expects; one of a DICOM series only after its number.
  for (const { name } of kept) expect(name).toMatch(/^(series-2|Zq7Canary[a-z]+)\./);
});

test('the search finds what a page leaves behind', async ({ launchOptions }) => {
  const host = await plainHost();
  const profile = path.join(folder, 'profile');
  const context = await launch(profile, launchOptions);
  try {
    const page = await context.newPage();
    await page.goto(`${host.address}?backend=wasm`);
    await page.evaluate(async () => {
      const open = indexedDB.open('left-behind', 1);
      const database = await new Promise<IDBDatabase>((resolve, reject) => {
        open.onupgradeneeded = () => open.result.createObjectStore('store');
        open.onsuccess = () => resolve(open.result);
        open.onerror = () => reject(open.error ?? new Error('no database'));
      });
      const transaction = database.transaction('store', 'readwrite');
      transaction.objectStore('store').put('markindexeddb', 'key');
      await new Promise((resolve) => (transaction.oncomplete = resolve));
      localStorage.setItem('key', 'marklocalstorage');
      await (await caches.open('left-behind')).put('x', new Response('markcachestorage'));
      const gzipped = new Response('markcompressed').body!.pipeThrough(new CompressionStream('gzip'));
      await (await caches.open('left-behind')).put('y', new Response(await new Response(gzipped).blob()));
      history.pushState(null, '', '?markhistory');
      document.title = 'marktitle';
    });
    await page.waitForTimeout(500);
  } finally {
    await context.close();
    await host.close();
  }
  const planted = [
    'markindexeddb',
    'marklocalstorage',
    'markcachestorage',
    'markcompressed',
    'markhistory',
    'marktitle',
  ];
  const found = tracesInFolder(profile, planted).flatMap(({ words: those }) => those);
  for (const word of planted) expect([word, found.some((one) => one.startsWith(word))]).toEqual([word, true]);
});
