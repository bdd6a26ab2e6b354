/** One format's cases, in order: what came out, what took long, and what should not have happened. */
import type { AssetSource } from '../domain/assets';
import { type Mutant, mutant } from './mutant';
import { readAll } from './readAll';
import type { Seed } from './seed';

export interface Finding {
  readonly n: number;
  readonly problem: string;
}

export interface Tally {
  caseCount: number;
  volumeCount: number;
  /** How often each error came. */
  readonly errors: Record<string, number>;
  slowestMs: number;
  readonly findings: Finding[];
}

export const emptyTally = (): Tally => ({ caseCount: 0, volumeCount: 0, errors: {}, slowestMs: 0, findings: [] });

/** A program of a decoder is compiled within the first case, and the machine has other work. */
const leastMs = 250;
const msPerMegabyte = 250;

/** Once more where it took long: other programs, garbage collection and compilation are no fault of the reader. */
const attempts = 3;

/** Processor time of all threads of this process: other programs do not count. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

const consoleNames = ['log', 'warn', 'error', 'info', 'debug'] as const;

/** What a reader prints may hold content of the file. @returns the first thing said, if any */
async function listening(act: () => Promise<void>): Promise<string | undefined> {
  const originals = consoleNames.map((name) => [name, console[name]] as const);
  let said: string | undefined;
  for (const name of consoleNames) console[name] = (...words: unknown[]) => void (said ??= words.join(' '));
  try {
    await act();
  } finally {
    for (const [name, original] of originals) console[name] = original;
  }
  return said;
}

export async function runCase(seeds: readonly Seed[], seed: number, n: number, assets: AssetSource, tally: Tally) {
  const made = mutant(seeds, seed, n);
  let problem = await judged(made, assets, tally);
  tally.caseCount++;
  for (let again = 1; problem?.startsWith('slow') && again < attempts; again++) {
    problem = await judged(made, assets, undefined);
  }
  if (problem !== undefined) tally.findings.push({ n, problem });
}

/** @param tally  counted into, where it is given */
async function judged({ files }: Mutant, assets: AssetSource, tally: Tally | undefined): Promise<string | undefined> {
  let problem: string | undefined;
  const start = cpuMs();
  const said = await listening(async () => {
    try {
      const { volumeCount, volumeBytes, errors } = await readAll(files, assets);
      const megabytes = (files.reduce((sum, { bytes }) => sum + bytes.length, 0) + volumeBytes) / 2 ** 20;
      const ms = cpuMs() - start;
      if (tally) {
        tally.volumeCount += volumeCount;
        for (const code of errors) tally.errors[code] = (tally.errors[code] ?? 0) + 1;
        tally.slowestMs = Math.max(tally.slowestMs, ms);
      }
      if (ms > Math.max(leastMs, msPerMegabyte * megabytes)) {
        problem = `slow: ${ms.toFixed(0)} ms for ${megabytes.toFixed(2)} MB (${errors.join(', ') || 'a volume'})`;
      }
    } catch (thrown) {
      problem =
        thrown instanceof Error ? `${thrown.name}: ${thrown.message}\n${thrown.stack}` : `thrown: ${String(thrown)}`;
    }
  });
  return problem ?? (said === undefined ? undefined : `printed: ${said}`);
}
