import { describe, expect, it } from 'vitest';
import { assets } from './assets';
import { readAll } from './readAll';
import { emptyTally, runCase } from './run';
import { type Format, formats } from './seed';
import { seedsOf } from './seedsOf';

/** A slice of `npm run fuzz`, in seconds. A WebP or a compressed frame takes longer than all else. */
const caseCounts: Partial<Record<Format, number>> = { webp: 150, 'dicom-compressed': 40 };
const usualCount = 400;

describe.each(formats)('%s', (format) => {
  it('is read from every seed, as it is before it is damaged', async () => {
    for (const { name, files, repair } of seedsOf(format)) {
      const [first, ...beside] = files;
      const sound = repair ? { ...first, bytes: repair(first.bytes) } : first;
      const { volumeCount } = await readAll([sound, ...beside], assets);
      expect([name, volumeCount > 0]).toEqual([name, true]);
    }
  });

  it('damaged gives volumes or typed errors, soon, without a word on the console or of the file', async () => {
    const tally = emptyTally();
    const seeds = seedsOf(format);
    const count = caseCounts[format] ?? usualCount;
    for (let n = 0; n < count; n++) await runCase(seeds, 20, n, assets, tally);
    expect(tally.findings).toEqual([]);
    // Damage that every file survives, or none, would test little.
    expect(tally.volumeCount).toBeGreaterThan(0);
    expect(Object.keys(tally.errors).length).toBeGreaterThan(2);
  });
});
