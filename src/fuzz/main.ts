/**
 * Damaged files for every reader: `npm run fuzz -- [--format png,tiff] [--cases 100000] [--seed 1] [--out folder]`.
 *
 * Each case is the n-th of its seed, so that a finding can be made again. Its file is written to `--out`. Ends with 1 if
 * there was a finding.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { mutant } from './mutant';
import { emptyTally, type Finding, type Tally } from './run';
import { type Format, formats } from './seed';
import { seedsOf } from './seedsOf';
import type { Order } from './worker';

/** Longer than any case takes on a busy machine: then the thread is ended. */
const hangMs = 30_000;
const heapMegabytes = 512;

const notBegun = -1;

/** Node hands tsx's hooks to no thread by itself. */
const entry = `import('tsx/esm/api').then(({ register }) => {
  register();
  return import(${JSON.stringify(new URL('./worker.ts', import.meta.url).href)});
})`;

const { values } = parseArgs({
  options: {
    format: { type: 'string', default: formats.join(',') },
    cases: { type: 'string', default: '100000' },
    seed: { type: 'string', default: '1' },
    out: { type: 'string', default: 'fuzz-findings' },
  },
});
const cases = Number(values.cases);
const seed = Number(values.seed);
const chosen = values.format.split(',').map((name) => {
  const format = formats.find((one) => one === name);
  if (!format) throw new Error(`--format ${name}: one of ${formats.join(', ')}`);
  return format;
});

function add(sum: Tally, { caseCount, volumeCount, errors, slowestMs, findings }: Tally) {
  sum.caseCount += caseCount;
  sum.volumeCount += volumeCount;
  for (const [code, count] of Object.entries(errors)) sum.errors[code] = (sum.errors[code] ?? 0) + count;
  sum.slowestMs = Math.max(sum.slowestMs, slowestMs);
  sum.findings.push(...findings);
}

/** One thread, from a case on. @returns the case to go on with: the end, or after one that hung or killed the thread */
function runThread(format: Format, from: number, sum: Tally): Promise<number> {
  const heartbeat = new Int32Array(new SharedArrayBuffer(4));
  const order: Order = { format, seed, from, to: cases, heartbeat };
  heartbeat[0] = notBegun;
  const worker = new Worker(entry, {
    eval: true,
    workerData: order,
    resourceLimits: { maxOldGenerationSizeMb: heapMegabytes },
  });
  return new Promise((resolve, reject) => {
    let reported = from;
    let at = -1;
    let sinceMs = performance.now();
    const end = (problem: string) => {
      clearInterval(timer);
      const n = Atomics.load(heartbeat, 0);
      if (n === notBegun) return reject(new Error(problem));
      sum.findings.push({ n, problem });
      sum.caseCount += n + 1 - reported;
      void worker.terminate().then(() => resolve(n + 1));
    };
    const timer = setInterval(() => {
      const now = Atomics.load(heartbeat, 0);
      if (now !== at) [at, sinceMs] = [now, performance.now()];
      else if (performance.now() - sinceMs > hangMs) end(`hang: over ${hangMs} ms`);
    }, 250);
    worker.on('message', ({ tally, next }: { tally: Tally; next: number }) => {
      add(sum, tally);
      reported = next;
      if (next < cases) return;
      clearInterval(timer);
      resolve(cases);
    });
    worker.on('error', (error) => end(`the thread died: ${error.message}`));
  });
}

/** The damaged files, and how they were made. */
function keep(format: Format, { n, problem }: Finding) {
  const { seedName, recipe, files } = mutant(seedsOf(format), seed, n);
  const folder = path.join(values.out, `${format}-${seed}-${n}`);
  for (const { path: name, bytes } of files) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), bytes);
  }
  writeFileSync(path.join(folder, 'finding.json'), JSON.stringify({ format, seed, n, problem, seedName, recipe }, undefined, 2)); // prettier-ignore
  console.log(`  case ${n} of ${seedName}: ${problem.split('\n')[0]}\n    ${folder}`);
}

let findingCount = 0;
for (const format of chosen) {
  const startMs = performance.now();
  const sum = emptyTally();
  for (let next = 0; next < cases;) next = await runThread(format, next, sum);
  const errors = Object.entries(sum.errors).sort(([, a], [, b]) => b - a).map(([code, count]) => `${code} ${count}`); // prettier-ignore
  console.log(
    `${format}: ${sum.caseCount} cases in ${Math.round((performance.now() - startMs) / 1000)} s, ${sum.findings.length} findings; ` +
      `${sum.volumeCount} volumes; ${errors.join(', ')}; slowest ${Math.round(sum.slowestMs)} ms; ` +
      `memory at most ${Math.round(process.resourceUsage().maxRSS / 1024)} MiB`,
  );
  findingCount += sum.findings.length;
  for (const finding of sum.findings.slice(0, 20)) keep(format, finding);
}
process.exit(findingCount === 0 ? 0 : 1);
