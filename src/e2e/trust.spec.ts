/** What can be proven of "nothing leaves": on the built page, with its service worker. */
import { expect, greyPng, reach, test } from './journey';
import { phantomPng, phantomSize } from './pictures';

test.use({ expectedErrors: [/status of 4\d\d/] });

test('the page is sealed: it evals nothing, and reaches no other origin', async ({ page }) => {
  await page.goto('?backend=wasm');
  await expect(page.getByLabel('Choose files')).toBeVisible();
  const headers = (await page.request.get('')).headers();
  expect(headers['content-security-policy']).not.toMatch(/'unsafe-eval'|unsafe-inline/);
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
