/**
 * `npm run bench:studies -- <what>`: what whole studies cost in the built page (`npx vite build` first) and on the command
 * line. Prints figures and adds them to bench-studies.json.
 *
 *   memory [n] [f] [w]  a volume of 512 × 512 × 300, as .nii and .nii.gz: most memory of the tab while it is opened and
 *                   segmented (n of its slices hold something, default all; f: only that of the two files; w: nested-unet,
 *                   attention-unet or both, default attention-unet)
 *   files           a folder of 5,000 DICOM files: time and memory to the list of series, in the page and in Node
 *   volumes <file>… each volume through page and command line (Attention U-Net, wasm): times, how many voxels of the masks
 *                   differ, and how long the page kept input waiting meanwhile
 */
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { Page } from '@playwright/test';
import { dicomBytes } from '../decode/fixtures/dicomFile';
import { niftiFile } from '../decode/fixtures/niftiFile';
import { downloads, reach } from './journey';
import { openBenchPage, watchInput, watchMemory } from './benchPage';

const root = path.resolve(import.meta.dirname, '../..');
const network = 'attention-unet-t1ce';
/** A loaded machine needs minutes for a volume. */
const patienceMs = 30 * 60_000;
const mebibytes = (bytes: number) => Math.round(bytes / 2 ** 20);
const seconds = (sinceMs: number) => Math.round((performance.now() - sinceMs) / 100) / 10;

/** An ellipsoid of a head with a brighter ball in it, in `filled` of the slices. */
function headVolume(filled: number): Uint8Array {
  const dims = [512, 512, 300] as const;
  const voxels = new Int16Array(dims[0] * dims[1] * dims[2]);
  for (let k = 0, n = 0; k < dims[2]; k++) {
    for (let j = 0; j < dims[1]; j++) {
      for (let i = 0; i < dims[0]; i++, n++) {
        const [x, y, z] = [(i - 256) / 200, (j - 256) / 230, (k - 150) / (filled / 2)];
        if (x * x + y * y + z * z > 1) continue;
        const isBall = Math.hypot(i - 330, j - 250, k - 150) < 24;
        voxels[n] = (isBall ? 900 : 400) + ((i * 7 + j * 13 + k * 5) % 41);
      }
    }
  }
  return niftiFile(dims, [[0.45, 0, 0, -115], [0, 0.45, 0, -115], [0, 0, 0.5, -75]], voxels); // prettier-ignore
}

async function memory(folder: string, filled = 300, only?: string, networks = 'attention-unet') {
  const volume = headVolume(filled);
  const all = { 'head.nii': volume, 'head.nii.gz': gzipSync(volume, { level: 1 }) };
  const files = Object.fromEntries(Object.entries(all).filter(([name]) => only === undefined || name === only));
  const figures = [];
  for (const [name, bytes] of Object.entries(files)) {
    const file = path.join(folder, name);
    await writeFile(file, bytes);
    const { page, browser, close } = await openBenchPage(`?backend=wasm&network=${networks}`);
    try {
      await page.waitForTimeout(5000);
      const idle = await watchMemory(browser, 1000).most();
      const watch = watchMemory(browser, 200);
      const started = performance.now();
      await page.getByLabel('Choose files').setInputFiles(file);
      await page.locator('html:is([data-phase="ready"], [data-phase="segmenting"])').waitFor({ timeout: patienceMs });
      const openedS = seconds(started);
      const opening = await watch.most();
      await reach(page, 'segmented', patienceMs);
      const most = await watch.most();
      const figure = {
        file: name,
        ...{ networks, filledSlices: filled },
        idleMiB: mebibytes(idle),
        openingMiB: mebibytes(opening),
        mostMiB: mebibytes(most),
        openedS,
        segmentedS: seconds(started),
      };
      console.log(JSON.stringify(figure));
      figures.push(figure);
    } finally {
      await close();
    }
  }
  return figures;
}

async function files(folder: string) {
  const study = path.join(folder, 'study');
  await promisify(execFile)('mkdir', ['-p', study]);
  const [seriesCount, slices, side] = [20, 250, 128];
  const pixels = new Uint8Array(2 * side * side).map((_, n) => n % 251);
  for (let series = 1; series <= seriesCount; series++) {
    for (let k = 0; k < slices; k++) {
      const bytes = dicomBytes({
        ...{ sopInstanceUid: `1.2.3.${series}.${k}`, seriesInstanceUid: `1.2.2.${series}`, seriesNumber: `${series}` },
        ...{ instanceNumber: `${k + 1}`, imagePosition: `0\\0\\${k}`, rows: side, columns: side, pixelData: pixels },
      });
      await writeFile(path.join(study, `im${series}-${k}.dcm`), bytes);
    }
  }
  const started = performance.now();
  const program = path.join(root, 'src/e2e/surveyFolder.ts');
  const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', program, study]);
  const node = { ...(JSON.parse(stdout) as object), withStartS: seconds(started) };
  console.log('node', JSON.stringify(node));
  const { page, browser, close } = await openBenchPage(`?backend=wasm&network=attention-unet`);
  try {
    await page.waitForTimeout(3000);
    const idle = await watchMemory(browser, 1000).most();
    const watch = watchMemory(browser, 200);
    const chosen = performance.now();
    await page.getByLabel('Choose a folder').setInputFiles(study);
    const list = page.getByRole('navigation', { name: 'Files' }).getByRole('button', { name: 'Series 20' });
    await list.first().waitFor({ timeout: patienceMs });
    const figure = { listedS: seconds(chosen), idleMiB: mebibytes(idle), mostMiB: mebibytes(await watch.most()) };
    console.log('page', JSON.stringify(figure));
    return { fileCount: seriesCount * slices, node, page: figure };
  } finally {
    await close();
  }
}

async function volumes(paths: readonly string[], folder: string) {
  const figures = [];
  for (const file of paths) {
    const stem = path.basename(file).replace(/\.nii(\.gz)?$/, '');
    const inPage = await segmentInPage(path.resolve(file), stem);
    const started = performance.now();
    // The page sends what calls itself FLAIR to the network for it.
    const model = /t2f|flair/i.test(stem) ? 'attention-unet-flair' : network;
    const args = ['--import', 'tsx', 'src/cli/main.ts', 'segment', path.resolve(file), '--model', model];
    const models = ['--models', path.join(root, 'dist/models')];
    await promisify(execFile)(process.execPath, [...args, ...models, '--out', folder], { cwd: root });
    const commandLineS = seconds(started);
    const byCommandLine = voxelsOf(await readFile(path.join(folder, `${stem}.mask.nii.gz`)));
    const { mask, ...times } = inPage;
    const figure = {
      ...{ file: path.basename(file), ...times, commandLineS },
      markedVoxels: byCommandLine.reduce((sum, voxel) => sum + voxel, 0),
      differingVoxels: differing(voxelsOf(mask), byCommandLine),
    };
    console.log(JSON.stringify(figure));
    figures.push(figure);
  }
  return figures;
}

/** The voxels of a NIfTI-1 file of uint8: what lies before them names the backend, which differs. */
function voxelsOf(file: Buffer): Buffer {
  const bytes = gunzipSync(file);
  // vox_offset: behind the extension that says how the mask was made.
  return bytes.subarray(bytes.readFloatLE(108));
}

const differing = (a: Buffer, b: Buffer) =>
  a.length === b.length ? a.reduce((count, voxel, n) => count + Number(voxel !== b[n]), 0) : NaN;

async function segmentInPage(file: string, stem: string) {
  const { page, close } = await openBenchPage(`?backend=wasm&network=attention-unet`);
  try {
    await page.waitForTimeout(5000);
    const started = performance.now();
    await page.getByLabel('Choose files').setInputFiles(file);
    await page.locator('html[data-phase="segmenting"]').waitFor({ timeout: patienceMs });
    const openedS = seconds(started);
    const input = await watchInput(page, () => reach(page, 'segmented', patienceMs));
    const pageS = seconds(started);
    return { mask: await downloadedMask(page, `${stem}.mask.nii.gz`), openedS, pageS, input };
  } finally {
    await close();
  }
}

async function downloadedMask(page: Page, name: string): Promise<Buffer> {
  const found = await downloads(page, 1, () => page.getByRole('button', { name: 'Download mask' }).click());
  return found.get(name)!;
}

const [what, ...rest] = process.argv.slice(2);
const folder = await mkdtemp(path.join(tmpdir(), 'metsight-bench-'));
try {
  const jobs: Record<string, () => Promise<unknown>> = {
    memory: () => memory(folder, rest[0] === undefined ? undefined : Number(rest[0]), ...rest.slice(1, 3)),
    files: () => files(folder),
    volumes: () => volumes(rest, folder),
  };
  const job = jobs[what ?? ''];
  if (!job) throw new Error(`what to measure: ${Object.keys(jobs).join(', ')}`);
  const target = path.join(root, 'bench-studies.json');
  const before = await readFile(target, 'utf8').then((text) => JSON.parse(text) as object, () => ({})); // prettier-ignore
  await writeFile(target, `${JSON.stringify({ ...before, [what!]: await job() }, undefined, 2)}\n`);
} finally {
  await rm(folder, { recursive: true });
}
