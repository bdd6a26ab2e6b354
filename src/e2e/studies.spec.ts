/** A folder of DICOM, as a scanner writes it, from the list of series to the files that go back to the PACS. */
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { gunzipSync } from 'node:zlib';
import type { Page } from '@playwright/test';
import { expectNoViolations } from './accessibility';
import { dicomFiles, drawnLesions, type DrawnLesion, type DrawnSeries } from './drawnHead';
import { downloads, expect, reach, test, type Picture } from './journey';

// Chromium's driver says so of every picture that is read back from a software GPU.
test.use({ reducedMotion: 'reduce', expectedErrors: [/GPU stall due to ReadPixels/] });

const python = process.env.METSIGHT_PYTHON;
let folder = '';

test.beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'metsight-series-'));
  const files = dicomFiles([
    { number: 1, description: 'AX T1', isEnhanced: false },
    { number: 2, description: 'AX T1 POST GD', isEnhanced: true },
  ]);
  await Promise.all(files.map(({ name, buffer }) => writeFile(path.join(folder, name), buffer)));
});

test.afterAll(() => rm(folder, { recursive: true }));

async function openFolder(page: Page) {
  await page.goto('?backend=wasm&network=attention-unet');
  await page.getByLabel('Choose a folder').setInputFiles(folder);
  await expect(series(page, 2)).toHaveAttribute('aria-current', 'true');
}

const fileList = (page: Page) => page.getByRole('navigation', { name: 'Files' });

const series = (page: Page, number: number) => fileList(page).getByRole('button', { name: `Series ${number}` });

type Point = readonly [x: number, y: number, z: number];

/** Places in the patient (RAS, mm) of a mask's voxels, by the fields of nifti1.h that an axial mask of uint8 needs. */
function markedPlaces(file: Buffer): readonly Point[] {
  const bytes = gunzipSync(file);
  expect(bytes.readInt32LE(0)).toBe(348);
  expect(bytes.readInt16LE(70)).toBe(2); // datatype: uint8
  expect(bytes.readInt16LE(254)).toBeGreaterThan(0); // sform_code
  const [ni, nj, nk] = [42, 44, 46].map((offset) => bytes.readInt16LE(offset)) as [number, number, number];
  const voxels = bytes.subarray(bytes.readFloatLE(108));
  expect(voxels).toHaveLength(ni * nj * nk);
  // The drawn head is axial: each axis of the grid runs along one of the patient's.
  const axis = (n: number) => {
    const row = [0, 4, 8, 12].map((offset) => bytes.readFloatLE(280 + 16 * n + offset));
    row.slice(0, 3).forEach((part, column) => column !== n && expect(part).toBeCloseTo(0, 6));
    return (index: number) => row[n]! * index + row[3]!;
  };
  const [x, y, z] = [axis(0), axis(1), axis(2)];
  return [...voxels].flatMap((voxel, n): readonly Point[] =>
    voxel === 0 ? [] : [[x(n % ni), y(Math.floor(n / ni) % nj), z(Math.floor(n / (ni * nj)))]],
  );
}

/** How many of the places lie in a drawn lesion or on its rim, which a network may draw a voxel further out. */
const inLesion = (places: readonly Point[], { centre, radiusMm }: DrawnLesion) =>
  places.filter((place) => Math.hypot(...place.map((mm, n) => mm - centre[n]!)) < radiusMm + 8).length;

async function takeMask(page: Page, key: 'button' | 's'): Promise<Buffer> {
  const button = page.getByRole('button', { name: 'Download mask' });
  const files = await downloads(page, 1, () => (key === 's' ? page.keyboard.press('s') : button.click()));
  expect([...files.keys()]).toEqual(['series-2.mask.nii.gz']);
  return files.get('series-2.mask.nii.gz')!;
}

async function takeSeg(page: Page): Promise<Buffer> {
  const button = page.getByRole('button', { name: 'DICOM SEG' });
  await expect(button).toBeDisabled();
  await page.getByRole('checkbox', { name: 'the patient’s name' }).check();
  const files = await downloads(page, 1, () => button.click());
  expect([...files.keys()]).toEqual(['series-2.seg.dcm']);
  return files.get('series-2.seg.dcm')!;
}

/** Both files in the patient's space, voxel by voxel, by readers that are not ours. */
async function expectSame(seg: Buffer, mask: Buffer) {
  const held = await mkdtemp(path.join(tmpdir(), 'metsight-seg-'));
  const [segPath, maskPath] = [path.join(held, 'a.seg.dcm'), path.join(held, 'a.mask.nii.gz')];
  await Promise.all([writeFile(segPath, seg), writeFile(maskPath, mask)]);
  const program = path.join(import.meta.dirname, 'read_seg.py');
  const { stdout } = await promisify(execFile)(python!, [program, segPath, maskPath]);
  await rm(held, { recursive: true });
  const { frames, segVoxels, niftiVoxels, common } = JSON.parse(stdout) as Record<string, number>;
  expect(frames).toBeGreaterThan(1);
  expect(niftiVoxels).toBeGreaterThan(0);
  expect([segVoxels, common]).toEqual([niftiVoxels, niftiVoxels]);
}

/** Each format of the list, in the order of the page. */
async function takeOthers(page: Page): Promise<Map<string, Buffer>> {
  const taken = new Map<string, Buffer>();
  for (const name of ['Report', 'PNG slices', 'STL', 'RTSTRUCT']) {
    const files = await downloads(page, 1, () => page.getByRole('button', { name, exact: true }).click());
    for (const [fileName, bytes] of files) taken.set(fileName, bytes);
  }
  return taken;
}

/** The contours, filled by OpenCV, give the voxels of the mask. */
async function expectSameContours(structures: Buffer, mask: Buffer) {
  const held = await mkdtemp(path.join(tmpdir(), 'metsight-rtstruct-'));
  await writeFile(path.join(held, 'a.rtstruct.dcm'), structures);
  await writeFile(path.join(held, 'a.mask.nii.gz'), mask);
  const program = path.join(import.meta.dirname, '../encode/fixtures/readRtStruct.py');
  const { stdout } = await promisify(execFile)(python!, [program, held], { maxBuffer: 1 << 28 });
  await rm(held, { recursive: true });
  const { rois, differing } = JSON.parse(stdout)['a.rtstruct.dcm'] as { rois: unknown[]; differing: number };
  expect([rois.length, differing]).toEqual([drawnLesions.length, 0]);
}

test('a folder of two series: choose, segment, review, and take the mask back as NIfTI and DICOM SEG', async ({
  page,
}) => {
  await openFolder(page);
  await expectNoViolations(page, 'two series');
  await series(page, 1).click();
  await expect(series(page, 1)).toHaveAttribute('aria-current', 'true');
  await series(page, 2).click();
  await reach(page, 'segmented');

  const table = page.getByRole('table', { name: 'Lesions' });
  await expect(table.getByRole('button', { name: 'Show lesion' })).toHaveCount(drawnLesions.length);
  await expect(table.getByText('measurable').first()).toBeVisible();
  await expect(table.getByText(/^voxel \d/).first()).toBeVisible();
  const mask = await takeMask(page, 'button');
  const before = markedPlaces(mask);
  const [larger, smaller] = drawnLesions.map((lesion) => inLesion(before, lesion));
  // Nothing else is marked: mirrored, turned or upside down the lesions would lie elsewhere.
  expect(larger! + smaller!).toBe(before.length);
  expect(Math.min(larger!, smaller!)).toBeGreaterThan(200);

  const seg = await takeSeg(page);
  expect(seg.toString('latin1', 128, 132)).toBe('DICM');
  if (python !== undefined) await expectSame(seg, mask);
  const others = await takeOthers(page);
  const endings = ['report.html', 'masks.zip', 'stl', 'rtstruct.dcm'];
  expect([...others.keys()]).toEqual(endings.map((ending) => `series-2.${ending}`));
  expect(others.get('series-2.report.html')!.toString()).toContain('2 lesions, ');
  expect(others.get('series-2.stl')!.readUInt32LE(80)).toBeGreaterThan(100);
  if (python !== undefined) await expectSameContours(others.get('series-2.rtstruct.dcm')!, mask);

  await page.keyboard.press('n');
  await page.keyboard.press('x');
  await expect(page.getByRole('button', { name: 'Reject' })).toHaveAttribute('aria-pressed', 'true');
  const after = markedPlaces(await takeMask(page, 's'));
  expect(drawnLesions.map((lesion) => inLesion(after, lesion))).toEqual([0, smaller]);
  expect(after).toHaveLength(smaller!);
  await expectNoViolations(page, 'a volume with a rejected lesion');
});

/** As a file manager drops it: the page gets an entry, and has to walk the folders itself. */
async function dropFolder(page: Page, dropped: string) {
  const browser = await page.context().newCDPSession(page);
  const data = { items: [], files: [dropped], dragOperationsMask: 1 };
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const) {
    await browser.send('Input.dispatchDragEvent', { type, x: 700, y: 400, data });
  }
}

test('a folder is dropped with all that a disc holds: every series is listed, and none lacks a slice', async ({
  page,
}) => {
  const disc = await mkdtemp(path.join(tmpdir(), 'metsight-disc-'));
  const put = async (below: string, files: readonly Pick<Picture, 'name' | 'buffer'>[]) => {
    await mkdir(path.join(disc, below), { recursive: true });
    await Promise.all(files.map(({ name, buffer }) => writeFile(path.join(disc, below, name), buffer)));
  };
  const drawn = (number: number): DrawnSeries => ({
    number,
    description: `DRAWN ${number}`,
    isEnhanced: number === 12,
  });
  const numbers = Array.from({ length: 13 }, (_, n) => n + 1);
  const last = dicomFiles([drawn(13)]);
  try {
    // Chromium gives 100 entries of a folder at a time.
    await put('DICOM/PAT0', dicomFiles(numbers.slice(0, 12).map(drawn)));
    await put('DICOM/PAT0/STD1', last.slice(0, 4));
    await put('DICOM/PAT0/STD1/SER2', last.slice(4));
    await put('.Trashes', dicomFiles([drawn(14)]));
    await put('DICOM/PAT0', [{ name: '.DS_Store', buffer: Buffer.from('Bud1') }]);
    await put(
      '',
      ['DICOMDIR', 'README.TXT'].map((name) => ({ name, buffer: Buffer.from('no image') })),
    );

    await page.goto('?backend=wasm&network=attention-unet');
    await expect(page.getByLabel('Choose a folder')).toBeVisible();
    await dropFolder(page, disc);
    const cards = fileList(page).getByRole('button', { name: /^Series/ });
    await expect(cards).toHaveCount(numbers.length);
    // Not their inner text: that of a card out of sight is not laid out.
    const listed = await cards.evaluateAll((elements) =>
      elements.map((card) => [...card.querySelectorAll('.name, .facts')].map((line) => line.textContent.trim())),
    );
    const expected = numbers.map((number) => [
      `Series ${number}`,
      `DRAWN ${number}`,
      `${number === 12 ? 'T1-CE' : 'T1'} 112×128×10`,
    ]);
    expect(listed.sort()).toEqual(expected.sort());
    await expect(fileList(page).getByText('2 other files left out')).toBeVisible();
    await expect(series(page, 12)).toHaveAttribute('aria-current', 'true');
  } finally {
    await rm(disc, { recursive: true });
  }
});

test('three planes are linked, and 3-D is drawn without fetching anything from elsewhere', async ({
  page,
  context,
  baseURL,
}) => {
  const elsewhere: string[] = [];
  context.on('request', (request) => {
    const isOwn = [baseURL!, `blob:${baseURL!}`, 'data:'].some((start) => request.url().startsWith(start));
    if (!isOwn) elsewhere.push(request.url());
  });
  await openFolder(page);
  // What is cancelled is the network, not the reading.
  await expect(page.getByRole('radio', { name: 'Three planes' })).toBeVisible();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await expect(page.getByRole('button', { name: 'Segment', exact: true })).toBeVisible();
  await page.getByRole('radio', { name: 'Three planes' }).check();
  const pictures = page.getByRole('region', { name: 'Picture' }).getByRole('img');
  await expect(pictures).toHaveCount(3);
  const coronal = page.getByRole('slider', { name: 'Coronal slice' });
  const before = await coronal.getAttribute('aria-valuenow');
  // A click above the middle of the axial plane is further to the front.
  const { width, height } = (await pictures.first().boundingBox())!;
  await pictures.first().click({ position: { x: width / 2, y: height / 4 } });
  await expect(coronal).not.toHaveAttribute('aria-valuenow', before!);
  await page.getByRole('radio', { name: '3-D' }).check();
  const space = page.getByRole('img', { name: 'The volume in space' });
  await expect(space).toBeVisible();
  await expectDrawn(page);
  const { sum } = await middleOf3d(page);
  await space.press('w');
  // The next preset: 3-D is shaded as the planes are.
  await expect.poll(async () => (await isWithout3d(page)) || (await middleOf3d(page)).sum !== sum).toBe(true);
  await space.press('ArrowLeft');
  await expectNoViolations(page, 'three planes and 3-D');
  await page.emulateMedia({ colorScheme: 'light' });
  await expectNoViolations(page, 'three planes and 3-D, light');
  expect(elsewhere).toEqual([]);
});

/** Something stands in the middle of the 3-D picture, or the view says why it cannot. */
async function expectDrawn(page: Page) {
  await expect.poll(async () => (await isWithout3d(page)) || (await middleOf3d(page)).most > 40).toBe(true);
}

const isWithout3d = (page: Page) => page.getByText('This browser gives no WebGL 2').isVisible();

/** Of the colours in the middle of the 3-D picture. */
const middleOf3d = (page: Page) =>
  page.evaluate(() => {
    const canvas = document.querySelector<HTMLCanvasElement>('canvas[aria-label^="The volume in space"]')!;
    canvas.dispatchEvent(new Event('metsight-redraw'));
    const copy = new OffscreenCanvas(canvas.width, canvas.height).getContext('2d')!;
    copy.drawImage(canvas, 0, 0);
    const [x, y] = [Math.floor(canvas.width * 0.4), Math.floor(canvas.height * 0.4)];
    const colours = copy
      .getImageData(x, y, Math.floor(canvas.width / 5), Math.floor(canvas.height / 5))
      .data.filter((_, n) => n % 4 !== 3);
    return {
      most: colours.reduce((most, value) => Math.max(most, value), 0),
      sum: colours.reduce((sum, value) => sum + value, 0),
    };
  });

test('without WebGL the 3-D view says so, and the planes stay', async ({ page }) => {
  await page.addInitScript(() => {
    const getContext = HTMLCanvasElement.prototype.getContext as (
      this: HTMLCanvasElement,
      ...args: unknown[]
    ) => unknown;
    HTMLCanvasElement.prototype.getContext = function (this: HTMLCanvasElement, ...args: unknown[]) {
      return String(args[0]).startsWith('webgl') ? null : getContext.apply(this, args);
    } as typeof HTMLCanvasElement.prototype.getContext;
  });
  await openFolder(page);
  await page.getByRole('radio', { name: '3-D' }).check();
  await expect(page.getByText('This browser gives no WebGL 2')).toBeVisible();
  await expect(page.getByRole('slider', { name: 'Sagittal slice' })).toBeVisible();
});
