/** The built page in a browser that is watched from outside: memory of its processes, and how long input waits. */
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { chromium, type Page } from '@playwright/test';

const root = path.resolve(import.meta.dirname, '../..');
const port = Number(process.env.METSIGHT_PORT ?? 5284);
const address = `http://localhost:${port}/`;

export interface BenchPage {
  readonly page: Page;
  /** Process id of the browser. */
  readonly browser: number;
  readonly close: () => Promise<void>;
}

export async function openBenchPage(query: string): Promise<BenchPage> {
  const vite = path.join(root, 'node_modules/vite/bin/vite.js');
  const serve = [vite, 'preview', '--port', `${port}`, '--strictPort'];
  const server = spawn(process.execPath, serve, { cwd: root, stdio: 'ignore' });
  const executablePath = process.env.CHROMIUM ?? (existsSync('/usr/bin/chromium') ? '/usr/bin/chromium' : undefined);
  const launched = await chromium.launchServer({
    ...(executablePath === undefined ? {} : { executablePath }),
    args: ['--no-sandbox', '--disable-background-networking'],
  });
  const browser = await chromium.connect(launched.wsEndpoint());
  while (!(await fetch(address).catch(() => undefined))) await new Promise((resolve) => setTimeout(resolve, 200));
  const page = await browser.newPage({ acceptDownloads: true });
  await page.goto(`${address}${query}`);
  await page.locator('html[data-phase="empty"]').waitFor({ timeout: 120_000 });
  return {
    page,
    browser: launched.process().pid!,
    async close() {
      await launched.close();
      server.kill();
    },
  };
}

/** Sum of the proportional set sizes (proc(5), smaps_rollup) of the browser's renderers, sampled until it is asked for. Linux only. */
export function watchMemory(browser: number, everyMs: number): { most: () => Promise<number> } {
  let most = 0;
  const sample = () => (most = Math.max(most, rendererBytes(browser)));
  const timer = setInterval(sample, everyMs);
  timer.unref();
  return {
    most() {
      sample();
      return Promise.resolve(most);
    },
  };
}

function rendererBytes(browser: number): number {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc')) {
    const pid = Number(name);
    if (pid) parents.set(pid, Number(/\) \S (\d+)/.exec(read(`/proc/${pid}/stat`))?.[1]));
  }
  const isOfBrowser = (pid: number | undefined): boolean =>
    pid !== undefined && pid > 1 && (pid === browser || isOfBrowser(parents.get(pid)));
  let bytes = 0;
  for (const pid of parents.keys()) {
    if (!isOfBrowser(pid) || !read(`/proc/${pid}/cmdline`).includes('--type=renderer')) continue;
    bytes += 1024 * Number(/^Pss:\s+(\d+) kB/m.exec(read(`/proc/${pid}/smaps_rollup`))?.[1] ?? 0);
  }
  return bytes;
}

/** '' for a process that has ended meanwhile. */
function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

export interface InputFigures {
  readonly presses: number;
  /** From the key's own time to the frame after its handlers. */
  readonly medianMs: number;
  readonly longestMs: number;
  /** Tasks of the page's thread over 50 ms (Long Tasks API). */
  readonly longTasks: number;
  readonly longestTaskMs: number;
}

/** Presses a key that moves through the slices four times a second while `act` goes on. */
export async function watchInput(page: Page, act: () => Promise<unknown>): Promise<InputFigures> {
  await page.evaluate(() => {
    const seen = { latencies: [] as number[], tasks: [] as number[] };
    Object.assign(globalThis, { inputSeen: seen });
    new PerformanceObserver((list) => seen.tasks.push(...list.getEntries().map(({ duration }) => duration))).observe({
      type: 'longtask',
    });
    addEventListener('keydown', ({ timeStamp }) => {
      requestAnimationFrame(() => seen.latencies.push(performance.now() - timeStamp));
    });
  });
  let isOver = false;
  const acting = act().finally(() => (isOver = true));
  for (let n = 0; !isOver; n++) {
    await page.keyboard.press(n % 20 < 10 ? 'ArrowUp' : 'ArrowDown');
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
  await acting;
  const { latencies, tasks } = await page.evaluate(
    () => (globalThis as unknown as { inputSeen: { latencies: number[]; tasks: number[] } }).inputSeen,
  );
  const sorted = latencies.toSorted((a, b) => a - b);
  return {
    presses: sorted.length,
    medianMs: Math.round(sorted[Math.floor(sorted.length / 2)] ?? 0),
    longestMs: Math.round(sorted.at(-1) ?? 0),
    longTasks: tasks.length,
    longestTaskMs: Math.round(Math.max(0, ...tasks)),
  };
}
