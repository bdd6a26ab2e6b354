/** Runs cases in a thread that can be ended, and tells which one it is at. */
import { parentPort, workerData } from 'node:worker_threads';
import { assets } from './assets';
import { emptyTally, runCase } from './run';
import { seedsOf } from './seedsOf';
import type { Format } from './seed';

export interface Order {
  readonly format: Format;
  readonly seed: number;
  readonly from: number;
  readonly to: number;
  /** Case number, written before each. */
  readonly heartbeat: Int32Array<SharedArrayBuffer>;
}

/** Cases between two reports: what a killed thread has not reported is run again. */
const stride = 100;

/** A jump of the process's largest memory within one case. */
const mostJumpBytes = 2 ** 29;

const peakBytes = () => process.resourceUsage().maxRSS * 1024;

const { format, seed, from, to, heartbeat } = workerData as Order;
const seeds = seedsOf(format);
let tally = emptyTally();
for (let n = from; n < to; n++) {
  Atomics.store(heartbeat, 0, n);
  const before = peakBytes();
  await runCase(seeds, seed, n, assets, tally);
  const jump = peakBytes() - before;
  if (jump > mostJumpBytes) tally.findings.push({ n, problem: `memory: ${Math.round(jump / 2 ** 20)} MiB more` });
  if ((n + 1) % stride === 0 || n + 1 === to) {
    parentPort?.postMessage({ tally, next: n + 1 });
    tally = emptyTally();
  }
}
