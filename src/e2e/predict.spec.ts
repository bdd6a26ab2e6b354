/** `POST predict/` as a script of the page's origin calls it: volumes, and what cannot be answered. */
import { gunzipSync } from 'node:zlib';
import type { Page } from '@playwright/test';
import { zipSync } from 'fflate';
import { segmentByCommandLine } from './commandLine';
import { dicomFiles } from './drawnHead';
import { expect, test } from './journey';
import { phantomNifti, readNifti } from './niftiFile';
import { hugePng, phantomPng } from './pictures';

test.use({ expectedErrors: [/status of 4\d\d/] });

interface Asked {
  readonly file?: Buffer;
  readonly name?: string;
  readonly accept?: string;
  readonly fields?: Readonly<Record<string, string>>;
}

async function ask(page: Page, { file, name = 'anything', accept = '*/*', fields = {} }: Asked) {
  const answer = await page.evaluate(
    async ([base64, called, wanted, more]) => {
      const form = new FormData();
      if (base64 !== undefined) {
        form.append('file', new Blob([Uint8Array.from(atob(base64), (sign) => sign.charCodeAt(0))]), called);
      }
      for (const [key, value] of Object.entries(more)) form.append(key, value);
      const response = await fetch('predict/', { method: 'POST', body: form, headers: { Accept: wanted } });
      const bytes = new Uint8Array(await response.arrayBuffer());
      let text = '';
      for (const byte of bytes) text += String.fromCharCode(byte);
      return { status: response.status, type: response.headers.get('content-type'), base64: btoa(text) };
    },
    [file?.toString('base64'), name, accept, fields] as const,
  );
  return { ...answer, bytes: Buffer.from(answer.base64, 'base64') };
}

test.beforeEach(async ({ page }) => {
  await page.goto('?backend=wasm');
  await expect(page.getByText('works offline')).toBeVisible({ timeout: 60_000 });
});

test('a volume is answered with its mask in its own space, equal to the command line’s, and its lesions in mm', async ({
  page,
}) => {
  test.slow();
  const volume = phantomNifti(3);
  const model = 'attention-unet-t1ce';
  const answer = await ask(page, { file: volume.buffer, fields: { model } });
  expect([answer.status, answer.type]).toEqual([200, 'application/gzip']);
  const [mask, input] = [readNifti(gunzipSync(answer.bytes)), readNifti(volume.buffer)];
  expect([mask.dims, mask.sform, mask.datatype]).toEqual([input.dims, input.sform, 2]);
  const written = await segmentByCommandLine(volume, '--model', model);
  expect(mask.voxels.equals(readNifti(gunzipSync(written.get('phantom.mask.nii.gz')!)).voxels)).toBe(true);
  expect(mask.voxels.includes(1)).toBe(true);

  const json = await ask(page, { file: volume.buffer, accept: 'application/json', fields: { model } });
  const told = JSON.parse(json.bytes.toString());
  expect(told).toMatchObject({ type: 'application/gzip', model: { id: model }, width: input.dims[0], slices: 3 });
  expect(gunzipSync(Buffer.from(told.mask, 'base64')).equals(gunzipSync(answer.bytes))).toBe(true);
  expect(told.lesions[0]).toMatchObject({ volumeMm3: expect.any(Number), longestDiameterMm: expect.any(Number) });
});

test('one DICOM file and a zip of a series are volumes too', async ({ page }) => {
  const series = dicomFiles([{ number: 2, description: 'AX T1 POST GD', isEnhanced: true }]).slice(3, 6);
  const model = 'attention-unet-t1ce';
  const one = await ask(page, { file: series[0]!.buffer, fields: { model } });
  expect([one.status, one.type]).toEqual([200, 'application/gzip']);
  expect(readNifti(gunzipSync(one.bytes)).dims).toEqual([112, 128, 1]);
  const zip = Buffer.from(
    zipSync(Object.fromEntries(series.map(({ name, buffer }) => [name, new Uint8Array(buffer)]))),
  );
  const all = await ask(page, { file: zip, fields: { model } });
  expect([all.status, all.type]).toEqual([200, 'application/gzip']);
  expect(readNifti(gunzipSync(all.bytes)).dims).toEqual([112, 128, 3]);
});

test('what cannot be answered is 400, 413, 415 or 422, with a code and a message', async ({ page }) => {
  const picture = phantomPng().buffer;
  const series = dicomFiles([{ number: 2, description: 'AX T1 POST GD', isEnhanced: true }]).slice(0, 6);
  const stored = Object.fromEntries(series.map(({ name, buffer }) => [name, new Uint8Array(buffer)]));
  const damagedZip = Buffer.from(zipSync(stored, { level: 0 }));
  // A pixel of the last slice: the checksum of its file does not fit any more.
  const at = damagedZip.lastIndexOf(series.at(-1)!.buffer.subarray(-64)) + 32;
  damagedZip[at] = damagedZip[at]! ^ 1;
  const cases: readonly (readonly [status: number, code: string, asked: Asked])[] = [
    [400, 'file-missing', {}],
    [400, 'bad-threshold', { file: picture, fields: { threshold: '1.5' } }],
    [400, 'model-unknown', { file: picture, fields: { model: 'nobody' } }],
    [413, 'image-too-large', { file: hugePng().buffer }],
    [415, 'unsupported-format', { file: Buffer.from('no picture at all') }],
    [422, 'empty-file', { file: Buffer.alloc(0) }],
    [422, 'corrupt-file', { file: damagedZip }],
    [422, 'truncated-file', { file: phantomNifti(2).buffer.subarray(0, 70_000) }],
  ];
  for (const [status, code, asked] of cases) {
    const answer = await ask(page, { ...asked, name: 'Doe^Jane.nii' });
    expect([answer.status, answer.type]).toEqual([status, 'application/json']);
    const told = JSON.parse(answer.bytes.toString());
    expect(told).toEqual({ code, message: expect.any(String) });
    expect(told.message).not.toContain('Doe');
  }
});
