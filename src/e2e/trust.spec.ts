/** What can be proven of "nothing leaves": on the built page, with its service worker. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { headersFor } from '../offline/policy';
import { headerRules, rulesFor } from '../packaging/fixtures/headerRules';
import { filesIn } from '../packaging/releasePlugin';
import { expect, greyPng, reach, test } from './journey';
import { phantomPng, phantomSize } from './pictures';

// One expression: Playwright takes an array of two for a value and its options.
test.use({ expectedErrors: [/status of 4\d\d|Content Security Policy|ERR_FAILED/] });

test('the page is sealed: eval and another origin are refused, and the journey works', async ({ page }) => {
  await page.goto('?backend=wasm');
  await expect(page.getByLabel('Choose files')).toBeVisible();
  const headers = (await page.request.get('')).headers();
  expect(headers['content-security-policy']).not.toMatch(/'unsafe-eval'|unsafe-inline/);
  // As the page's own scripts would: code that a debugger evaluates is exempt from the policy.
  const evaluates = await page.evaluate(async () => {
    const source = new Blob(["let can = true; try { (0, eval)('1') } catch { can = false } postMessage(can)"]);
    const worker = new Worker(URL.createObjectURL(source));
    return new Promise((resolve) => (worker.onmessage = ({ data }) => resolve(data)));
  });
  expect(evaluates).toBe(false);
  const answered = page.evaluate(() => fetch('http://127.0.0.1:9/').then(() => true));
  await expect(answered).rejects.toThrow();
  await page.getByRole('button', { name: 'Try a phantom' }).click();
  await reach(page, 'segmented');
  await expect(page.getByText('works offline')).toBeVisible({ timeout: 60_000 });
});

test('POST predict/ is answered in the browser', async ({ page }) => {
  await page.goto('?backend=wasm');
  await expect(page.getByText('works offline')).toBeVisible({ timeout: 60_000 });
  const ask = (base64: string, accept: string) =>
    page.evaluate(
      async ([text, wanted]) => {
        const form = new FormData();
        form.append('file', new Blob([Uint8Array.from(atob(text!), (sign) => sign.charCodeAt(0))]), 'a.png');
        const response = await fetch('predict/', { method: 'POST', body: form, headers: { accept: wanted! } });
        const bytes = new Uint8Array(await response.arrayBuffer());
        return { status: response.status, type: response.headers.get('content-type'), bytes: [...bytes] };
      },
      [base64, accept],
    );
  const picture = phantomPng().buffer.toString('base64');
  const png = await ask(picture, 'image/png');
  expect([png.status, png.type]).toEqual([200, 'image/png']);
  const mask = greyPng(Uint8Array.from(png.bytes));
  expect(mask).toMatchObject({ ...phantomSize, depth: 8 });
  const json = await ask(picture, 'application/json');
  const told = JSON.parse(Buffer.from(json.bytes).toString()) as { mask: string; lesions: unknown[] };
  expect(greyPng(Buffer.from(told.mask, 'base64')).values).toEqual(mask.values);
  const refused = await ask(Buffer.from('no picture').toString('base64'), 'image/png');
  expect(refused.status).toBe(415);
});

test('every file of the build is matched by one rule of _headers', () => {
  const dist = path.resolve(import.meta.dirname, '../../dist');
  const rules = headerRules(readFileSync(path.join(dist, '_headers'), 'utf8'));
  for (const file of ['', ...filesIn(dist)]) {
    const [rule, ...more] = rulesFor(`/${file}`, rules);
    expect([file, rule?.headers, more]).toEqual([file, headersFor(file), []]);
  }
});

test('the panel counts more requests than a browser keeps by itself', async ({ page }) => {
  await page.goto('?backend=wasm');
  await expect(page.getByText('works offline')).toBeVisible({ timeout: 60_000 });
  await page.evaluate(async () => {
    for (let n = 0; n < 300; n++) await (await fetch('assets.json')).text();
  });
  await page.getByRole('button', { name: 'nothing has left this computer' }).click();
  const count = page
    .getByRole('row')
    .filter({ hasText: /^http\S+\d+$/ })
    .getByRole('cell');
  await expect.poll(async () => Number(await count.first().textContent())).toBeGreaterThan(300);
});
