import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Grid } from '../domain/grid';
import { drawPhantom } from '../domain/phantom';
import { readVolumeFile } from './volumeFile';
import { volumeWarnings } from './volumeCheck';

const phantom = drawPhantom();
const [cols, rows] = phantom.grid.dims;
const slices = 5;

/** The drawn head five times, one above the other, in scanner units: air is noise. */
const head = Float32Array.from({ length: cols * rows * slices }, (_, n) => {
  const byte = phantom.intensities[n % (cols * rows)]!;
  return 4 * byte + (byte === 0 ? (n * 7919) % 13 : 0);
});

/** @param mm  of a voxel in the plane */
const gridOf = (mm: number): Grid => ({
  dims: [cols, rows, slices],
  space: { kind: 'patient', affine: [[-mm, 0, 0, 0], [0, -mm, 0, 0], [0, 0, 5, 0]] },
}); // prettier-ignore

const said = (values: Float32Array, mm = 0.8) => volumeWarnings(values, gridOf(mm)).map(({ code }) => code);
const reasons = (values: Float32Array, mm = 0.8) =>
  volumeWarnings(values, gridOf(mm)).flatMap((one) => (one.code === 'unlike-mri' ? one.reasons : []));

describe('the check of a volume', () => {
  it('says nothing of a head, whatever the scale, and of its noise', () => {
    expect(said(head)).toEqual([]);
    expect(said(head.map((value) => value * 0.003))).toEqual([]);
    expect(said(head.map((value, n) => (n % 9 === 0 ? NaN : value)))).toEqual([]);
  });

  it('says so where the background was cut out', () => {
    expect(said(head.map((value) => (value < 100 ? 0 : value)))).toEqual(['skull-stripped']);
    // A PixelPaddingValue of 0 says the same.
    expect(said(head.map((value) => (value < 100 ? NaN : value)))).toEqual(['skull-stripped']);
  });

  it('says so also of what looks unlike a head', () => {
    const stripped = head.map((value) => (value < 100 ? 0 : value));
    expect(said(stripped, 3)).toEqual(['unlike-mri', 'skull-stripped']);
  });

  it('knows a CT by its units, and a mask by its few values', () => {
    expect(reasons(head.map((value) => (value < 40 ? -1000 : value / 10)))).toContain('values of a CT, air at −1000');
    expect(reasons(head.map((value) => (value > 600 ? 1 : 0)))).toContain('only a few different values, as in a mask');
  });

  it('doubts a head of the wrong size', () => {
    expect(reasons(head, 0.1)).toEqual(['23 × 28 mm of tissue in its middle slice']);
    expect(reasons(head, 3)[0]).toMatch(/ mm of tissue in its middle slice$/);
  });

  it('doubts what is turned around, and tissue at the bright end', () => {
    expect(said(head.map((value) => 1020 - value))).toEqual(['unlike-mri', 'bright-tissue']);
    expect(said(head.map((value) => Math.min(value, 380)))).toContain('bright-tissue');
  });

  it('has nothing to say of what is empty or even', () => {
    expect(said(head.map(() => NaN))).toEqual([]);
    expect(said(head.map(() => 7))).toEqual([]);
  });
});

const folder = '../shared/data/volumes';

describe.skipIf(!existsSync(folder))('of seven real, skull-stripped volumes', () => {
  it('every image is told so; only the T1 without contrast is too bright, and only the mask no MRI', async () => {
    const found: Record<string, string[]> = {};
    for (const file of readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.endsWith('.gz'),
    )) {
      const name = path.basename(file);
      const blob = new Blob([readFileSync(path.join(folder, file))]);
      const volume = await readVolumeFile(
        [{ path: name, blob }],
        () => Promise.reject(new Error()),
        () => Promise.resolve(),
      );
      found[name.replace(/^.*[-_](.*)\.nii\.gz$/, '$1')] = volume.warnings.map(({ code }) => code);
    }
    expect(found).toEqual({
      t1c: ['skull-stripped'],
      t1n: ['skull-stripped', 'bright-tissue'],
      t2f: ['skull-stripped'],
      t2w: ['skull-stripped'],
      flair: ['skull-stripped'],
      t1ce: ['skull-stripped'],
      seg: ['unlike-mri', 'sequence-unsaid'],
    });
  }, 120_000);
});
