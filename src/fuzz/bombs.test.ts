import { afterAll, describe, expect, it } from 'vitest';
import { assets } from './assets';
import { bombs } from './bombs';
import { readAll } from './readAll';

const mostMs = 1000;
const attempts = 3;
const all = bombs();

/** Processor time of this process: other programs on the machine do not count. */
const cpuMs = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

async function timed(files: Parameters<typeof readAll>[0]) {
  const start = cpuMs();
  const outcome = await readAll(files, assets);
  return { ms: cpuMs() - start, ...outcome };
}

describe('a bomb is refused, or harmless, within a second', () => {
  const lines: string[] = [];
  afterAll(() => console.log(lines.join('\n')));

  it.each(all.map((bomb) => [bomb.name, bomb] as const))('%s', async (name, { files, outcome }) => {
    const before = process.resourceUsage().maxRSS;
    let { ms, volumeCount, errors } = await timed(files);
    // Once more where it took long: compilation and garbage of what came before are no fault of the reader.
    for (let again = 1; ms > mostMs && again < attempts; again++) ({ ms, volumeCount, errors } = await timed(files));
    const mebibytes = (process.resourceUsage().maxRSS - before) / 1024;
    const bytes = files.reduce((sum, file) => sum + file.bytes.length, 0);
    lines.push(`${name.padEnd(56)} ${String(bytes).padStart(9)} B ${ms.toFixed(0).padStart(5)} ms ${mebibytes.toFixed(0).padStart(5)} MiB more  ${errors.join(', ') || 'volume'}`); // prettier-ignore
    expect(errors.join(', ') || `${volumeCount > 0 ? 'volume' : 'nothing'}`).toBe(outcome);
    expect(ms).toBeLessThan(mostMs);
  });

  it('and there are enough of them', () => {
    expect(all.length).toBeGreaterThanOrEqual(20);
  });
});
