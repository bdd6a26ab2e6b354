/** The program as one HTML file, opened from disk: no host, no network. Build first: `npm run build:portable`. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { gunzipSync } from 'node:zlib';
import type { Page } from '@playwright/test';
import { dicomFiles } from './drawnHead';
import { choose, downloads, expect, greyPng, reach, test } from './journey';
import { readNifti } from './niftiFile';
import { phantomPng } from './pictures';

const file = path.resolve(import.meta.dirname, '../../dist-portable/metsight.html');
const address = pathToFileURL(file).href;

// What the policy refuses the probes below. One expression: Playwright takes an array of two for a value and its options.
test.use({ expectedErrors: [/Content Security Policy|ERR_BLOCKED_BY_CSP|WebSocket connection|GPU stall/] });

/** Addresses that the page asks for, but those of its own memory. */
function watchRequests(page: Page): readonly string[] {
  const asked: string[] = [];
  page.on('request', (request) => /^(blob|data):/.test(request.url()) || asked.push(request.url()));
  page.on('websocket', (socket) => asked.push(socket.url()));
  return asked;
}

/** Beside the mask its file says how it was made: there the number of threads differs. */
async function takeMask(page: Page) {
  const files = await downloads(page, 1, () => page.getByRole('button', { name: 'Download mask' }).click());
  return [...files][0]!;
}

test('opened from disk without a network: a picture to the same mask as on the hosted page, and nothing is asked for', async ({
  page,
  context,
}) => {
  await page.goto('?backend=wasm');
  await choose(page, phantomPng());
  await reach(page, 'segmented');
  const hosted = await takeMask(page);

  await context.setOffline(true);
  const asked = watchRequests(page);
  const opened = `${address}?backend=wasm`;
  await page.goto(opened);
  await expect(page.getByText('works offline')).toBeVisible();
  await choose(page, phantomPng());
  await reach(page, 'segmented');
  const [name, mask] = await takeMask(page);
  expect([name, greyPng(mask)]).toEqual([hosted[0], greyPng(hosted[1])]);
  expect(asked).toEqual([opened]);
  // Nothing is left behind either.
  expect(await page.evaluate(async () => (await indexedDB.databases()).map(({ name }) => name))).not.toContain(
    'metsight',
  );
});

test('opened from disk: a folder of DICOM, to the same mask in the patient’s space as on the hosted page', async ({
  page,
  context,
}) => {
  const folder = await mkdtemp(path.join(tmpdir(), 'metsight-series-'));
  const series = dicomFiles([{ number: 2, description: 'AX T1 POST GD', isEnhanced: true }]);
  await Promise.all(series.map(({ name, buffer }) => writeFile(path.join(folder, name), buffer)));
  const maskOf = async (from: string) => {
    await page.goto(`${from}?backend=wasm&network=attention-unet`);
    await page.getByLabel('Choose a folder').setInputFiles(folder);
    await reach(page, 'segmented');
    const [name, bytes] = await takeMask(page);
    return { name, ...readNifti(gunzipSync(bytes)) };
  };
  try {
    const hosted = await maskOf('');
    await context.setOffline(true);
    expect(await maskOf(address)).toEqual(hosted);
    expect(hosted.voxels.some((voxel) => voxel > 0)).toBe(true);
  } finally {
    await rm(folder, { recursive: true });
  }
});

test('the file says what policy is in force, knows its own parts, and lets nothing out', async ({ page }) => {
  const received: string[] = [];
  const host = createServer((request, response) => {
    received.push(request.url ?? '');
    response.setHeader('Content-Type', 'text/html').end();
  });
  host.on('upgrade', (request, socket) => {
    received.push(request.url ?? '');
    socket.destroy();
  });
  await new Promise<void>((resolve) => host.listen(0, resolve));
  try {
    await page.goto(`${address}?backend=wasm`);
    await page.getByRole('button', { name: 'nothing has left this computer' }).click();
    const panel = page.getByRole('dialog', { name: 'Nothing leaves this computer' });
    await expect(panel).toContainText('This page is one file');
    await expect(panel).toContainText('connect-src blob:');
    await expect(panel).not.toContainText('unsafe-inline');
    await panel.getByRole('button', { name: 'Check every file' }).click();
    await expect(panel.getByRole('status')).toContainText(
      /: 1\d as published, 0 different,\s+0 not on this\s+computer\./,
    );
    await page.evaluate(probe, (host.address() as AddressInfo).port);
    expect(received).toEqual([]);
    // The same probes are seen where no policy is.
    await page.goto(`http://127.0.0.1:${(host.address() as AddressInfo).port}/`);
    // The form's answer takes the place of the page that asks.
    await page.evaluate(probe, (host.address() as AddressInfo).port).catch(() => undefined);
    expect(new Set(received).size).toBeGreaterThan(10);
  } finally {
    host.closeAllConnections();
    host.close();
  }
});

/** Tries to reach a host from the page and from a worker that it starts. Runs in the page. */
async function probe(port: number) {
  const site = `http://127.0.0.1:${port}`;
  const tries = `
    const tried = [];
    tried.push(fetch('${site}/fetch', { mode: 'no-cors' }).catch(() => 0));
    tried.push(new Promise((done) => {
      const request = new XMLHttpRequest();
      request.onloadend = done;
      request.open('GET', '${site}/xhr');
      request.send();
    }));
    try { new WebSocket('ws://127.0.0.1:${port}/socket') } catch {}
    try { new EventSource('${site}/events') } catch {}
    tried.push(import('${site}/import.js').catch(() => 0));
    if (typeof importScripts === 'function') { try { importScripts('${site}/scripts.js') } catch {} }
    Promise.all(tried).then(() => postMessage('done'));`;
  const worker = new Worker(URL.createObjectURL(new Blob([tries])));
  await new Promise((done) => (worker.onmessage = done));
  await fetch(`${site}/fetch`, { mode: 'no-cors' }).catch(() => 0);
  navigator.sendBeacon(`${site}/beacon`, 'x');
  const elements = { img: 'src', script: 'src', iframe: 'src', link: 'href', video: 'src', object: 'data' } as const;
  for (const [name, attribute] of Object.entries(elements)) {
    const element = document.createElement(name);
    if (name === 'link') element.setAttribute('rel', 'stylesheet');
    element.setAttribute(attribute, `${site}/${name}`);
    document.body.append(element);
  }
  const form = document.createElement('form');
  form.action = `${site}/form`;
  form.method = 'post';
  document.body.append(form);
  await new Promise((done) => setTimeout(done, 1000));
  form.submit();
  await new Promise((done) => setTimeout(done, 500));
}
