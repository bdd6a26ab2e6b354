/** The report as a person opens and prints it: a file of its own, under the policy that it brings. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Page } from '@playwright/test';
import { drawnResult } from '../encode/fixtures/drawnResult';
import { encodeReport } from '../encode/report';
import { expectNoViolations } from './accessibility';
import { expect, test } from './journey';

let folder = '';
test.beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'metsight-report-'));
});
test.afterAll(() => rm(folder, { recursive: true }));

async function open(page: Page, lesions: number) {
  const file = path.join(folder, `${lesions}.report.html`);
  await writeFile(file, encodeReport(drawnResult(lesions), new Date()));
  await page.goto(pathToFileURL(file).href);
}

/** Pages of a PDF, by their objects. */
const pageCount = (pdf: Buffer) => pdf.toString('latin1').match(/\/Type\s*\/Page\b(?!s)/g)?.length;

test('a report of eight lesions is drawn under its own policy, and prints on one page', async ({ page }) => {
  const requests: string[] = [];
  page.on('request', (request) => requests.push(request.url().split(/[:;,]/)[0]!));
  await open(page, 8);

  // A style sheet that its policy forbids would leave the table as wide as its words.
  const [table, notice] = await Promise.all([
    page.getByRole('table').boundingBox(),
    page.locator('.notice').boundingBox(),
  ]);
  expect(Math.round(table!.width)).toBe(Math.round(notice!.width));
  await expect(page.getByRole('img')).toHaveCount(16);
  const sizes = await page.locator('image').evaluateAll((images) =>
    Promise.all(
      images.map(async (one) => {
        const picture = new Image();
        picture.src = one.getAttribute('href') ?? '';
        await picture.decode();
        return [picture.naturalWidth, picture.naturalHeight];
      }),
    ),
  );
  expect(sizes).toEqual(Array.from({ length: 8 }, () => [96, 112]));
  expect(new Set(requests)).toEqual(new Set(['file']));
  await expectNoViolations(page, 'report');
  expect(pageCount(await page.pdf({ preferCSSPageSize: true }))).toBe(1);
});

test('more lesions go on to further pages', async ({ page }) => {
  await open(page, 25);
  await page.emulateMedia({ media: 'print' });
  expect(pageCount(await page.pdf({ preferCSSPageSize: true }))).toBe(2);
});
