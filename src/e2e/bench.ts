/**
 * `npm run bench`: how long a person waits, in the built page, with the networks already stored on this computer.
 *
 * For each network: from dropping the first slice on a freshly loaded page to its mask, and from dropping the next one.
 * Beside it PyTorch on one thread with the same weights (METSIGHT_PYTHON), as the peer. Writes bench.json.
 */
import { execFileSync, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { chromium, type Page } from '@playwright/test';
import { encode as encodePng } from 'fast-png';
import { drawPhantom } from '../domain/phantom';
import { resample } from '../domain/resample';

const root = path.resolve(import.meta.dirname, '../..');
const port = 5283;
const address = `http://localhost:${port}/`;
const runs = 5;
const networks = ['nested-unet', 'attention-unet'] as const;

/** The phantom at 256², with `shade` in a corner so that no two slices are equal. */
function slice(shade: number): Buffer {
  const { grid, intensities } = drawPhantom();
  const [cols, rows] = grid.dims;
  const data = Uint8Array.from(resample(intensities, rows, cols, 256, 256), (value) => Math.round(value));
  data[0] = shade;
  return Buffer.from(encodePng({ width: 256, height: 256, data, channels: 1, depth: 8 }));
}

/** Milliseconds from handing the page a file to its mask on screen. */
async function waitForMask(page: Page, name: string, shade: number): Promise<number> {
  const started = performance.now();
  await page.getByLabel('Choose files').setInputFiles([{ name, buffer: slice(shade), mimeType: 'image/png' }]);
  await page.getByText(name).first().waitFor();
  await page.locator('html[data-phase="segmented"]').waitFor();
  return performance.now() - started;
}

const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;

/** Median milliseconds a slice of PyTorch, one thread, the model folder's own weights; undefined without a Python. */
function pytorchMs(modelId: string): number | undefined {
  const python = process.env.METSIGHT_PYTHON;
  if (python === undefined) return undefined;
  const program = `
import sys, time, torch
from pathlib import Path
from metsight.evaluate import subject_from_model
torch.set_num_threads(1)
run, image, times = subject_from_model(Path(sys.argv[1])).run, torch.rand(1, 1, 256, 256), []
for _ in range(6):
    start = time.perf_counter(); run(image); times.append(time.perf_counter() - start)
print(sorted(times[1:])[2] * 1000)`;
  const args = ['-c', program, path.join(root, 'public/models', modelId)];
  return Number(execFileSync(python, args, { env: { ...process.env, PYTHONPATH: path.join(root, 'training') } }));
}

const server = spawn('npx', ['vite', 'preview', '--port', `${port}`, '--strictPort'], { cwd: root, stdio: 'ignore' });
const executablePath = process.env.CHROMIUM ?? (existsSync('/usr/bin/chromium') ? '/usr/bin/chromium' : undefined);
const browser = await chromium.launch({
  ...(executablePath === undefined ? {} : { executablePath }),
  args: ['--no-sandbox', '--disable-background-networking'],
});
try {
  while (!(await fetch(address).catch(() => undefined))) await new Promise((resolve) => setTimeout(resolve, 200));
  const results = [];
  for (const network of networks) {
    const context = await browser.newContext();
    const page = await context.newPage();
    const url = `${address}?backend=wasm&network=${network}`;
    await page.goto(url);
    await waitForMask(page, 'store-the-network.png', 0); // First visit: fetches and stores.
    const first: number[] = [];
    const second: number[] = [];
    for (let run = 0; run < runs; run++) {
      await page.goto(url);
      first.push(await waitForMask(page, `first-${run}.png`, 1));
      second.push(await waitForMask(page, `second-${run}.png`, 2));
    }
    const peer = pytorchMs(`${network}-t1ce`);
    const row = {
      network,
      backend: 'wasm',
      runs,
      firstMaskMs: median(first),
      nextMaskMs: median(second),
      pytorchOneThreadMs: peer,
    };
    results.push(row);
    const ratio =
      peer === undefined ? '' : `; next mask / PyTorch on one thread = ${(row.nextMaskMs / peer).toFixed(2)}`;
    console.log(
      `${network}: first mask ${Math.round(row.firstMaskMs)} ms, next ${Math.round(row.nextMaskMs)} ms (median of ${runs})${ratio}`,
    );
    await context.close();
  }
  await writeFile(path.join(root, 'bench.json'), `${JSON.stringify(results, undefined, 2)}\n`);
} finally {
  await browser.close();
  server.kill();
}
