/** NIfTI, MGH, NRRD and MetaImage of every type against nibabel and numpy (see fixtures/volume_files.py). */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readVolumeFile } from './volumeFile';

const python = process.env.METSIGHT_PYTHON;
const generator = new URL('fixtures/volume_files.py', import.meta.url).pathname;

/** NIfTI's own places are float32, and a quaternion has three of them for a turn. */
const toleranceMm = 1e-4;

const leastFiles = 110;

/** Noise is no head, and has no sequence. */
const ofContent = ['unlike-mri', 'skull-stripped', 'bright-tissue', 'sequence-unsaid'];

interface Expected {
  /** The second file of a pair. */
  readonly beside: string;
  readonly dims: readonly number[];
  /** (3, 4), RAS. */
  readonly affine: readonly (readonly number[])[];
  readonly sha256: string;
  readonly warnings: readonly string[];
}

const noAssets = () => Promise.reject(new Error('no program is needed'));
const noCheckpoint = () => Promise.resolve();

describe.skipIf(!python)('a volume file of each kind is read as nibabel and numpy read it', () => {
  const folder = python ? mkdtempSync(path.join(tmpdir(), 'metsight-volumes-')) : '';
  let cases: Record<string, Expected> = {};

  beforeAll(() => {
    execFileSync(python!, [generator, folder], { env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' } });
    cases = JSON.parse(readFileSync(path.join(folder, 'expected.json'), 'utf8')) as Record<string, Expected>;
  }, 120_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('over a hundred files: voxels exactly, affines to 0.0001 mm, and with the warnings that are due', async () => {
    const wrong: Record<string, unknown> = {};
    for (const [name, expected] of Object.entries(cases)) {
      try {
        const found = await read(name, expected);
        if (JSON.stringify(found) !== JSON.stringify(wanted(expected))) wrong[name] = found;
      } catch (thrown) {
        wrong[name] = thrown;
      }
    }
    expect(wrong).toEqual({});
    expect(Object.keys(cases).length).toBeGreaterThanOrEqual(leastFiles);
  }, 120_000);

  const wanted = ({ dims, sha256, warnings }: Expected) => ({ dims, sha256, farMm: 0, warnings });

  async function read(name: string, { beside, affine }: Expected) {
    const files = [name, beside].filter(Boolean).map((one) => ({
      path: one,
      blob: new Blob([readFileSync(path.join(folder, one))]),
    }));
    const { grid, intensities, warnings } = await readVolumeFile(files, noAssets, noCheckpoint);
    const own = grid.space.kind === 'patient' ? grid.space.affine : undefined;
    const differences = affine.flatMap((row, r) =>
      row.map((value, c) => Math.abs(value - (own?.[r]?.[c] ?? Infinity))),
    );
    const farMm = Math.max(...differences);
    const finite = intensities.map((value) => (Number.isNaN(value) ? 0 : value));
    const codes = warnings.map(({ code }) => code).filter((code) => !ofContent.includes(code));
    return {
      dims: [...grid.dims],
      sha256: createHash('sha256').update(new Uint8Array(finite.buffer)).digest('hex'),
      farMm: farMm <= toleranceMm ? 0 : farMm,
      warnings: codes.sort(),
    };
  }
});
