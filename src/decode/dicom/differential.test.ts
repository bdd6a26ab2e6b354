/** The reader against pydicom and numpy, over small series of every kind (see ../fixtures/dicom_series.py). */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { NamedFile } from '../../domain/scan';
import type { Volume } from '../../domain/volume';
import { decode } from '../decode';
import { survey } from '../survey';

const python = process.env.METSIGHT_PYTHON;
const generator = new URL('../fixtures/dicom_series.py', import.meta.url).pathname;
const gdcm = new URL(
  '../../../node_modules/@itk-wasm/image-io/dist/pipelines/gdcm-read-image.wasm.zst',
  import.meta.url,
);

/** Of header values written with six decimals. */
const toleranceMm = 1e-4;

const leastFiles = 300;

/** Noise over a ramp is no head, and has no sequence. */
const ofContent = ['unlike-mri', 'skull-stripped', 'bright-tissue', 'sequence-unsaid'];

interface Expected {
  readonly volumes: readonly {
    readonly series: number;
    readonly dims: readonly number[];
    /** (3, 4), RAS; null: no place is known. */
    readonly affine: readonly (readonly number[])[] | null;
    readonly nanCount: number;
    /** Of float32, little endian, i fastest, NaN as 0. */
    readonly sha256: string;
  }[];
  /** Codes, over all volumes, sorted. */
  readonly warnings: readonly string[];
  readonly fileCount: number;
}

const noCheckpoint = () => Promise.resolve();
const assets = (name: string) =>
  name === 'gdcm' ? Promise.resolve(readFileSync(gdcm)) : Promise.reject(new Error(`no ${name} is needed`));

function filesOf(folder: string): NamedFile[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return entries.map((entry) => {
    const file = path.join(entry.parentPath, entry.name);
    return { path: path.relative(path.dirname(folder), file), blob: new Blob([readFileSync(file)]) };
  });
}

function facts({ grid, intensities }: Volume) {
  const finite = intensities.map((value) => (Number.isNaN(value) ? 0 : value));
  return {
    dims: [...grid.dims],
    nanCount: intensities.reduce((sum, value) => sum + Number(Number.isNaN(value)), 0),
    sha256: createHash('sha256').update(new Uint8Array(finite.buffer)).digest('hex'),
  };
}

/** undefined: no place is known. */
const affineOf = ({ grid: { space } }: Volume) => (space.kind === 'patient' ? space.affine.flat() : undefined);

describe.skipIf(!python)('a series of each kind is read as pydicom and numpy read it', () => {
  const folder = python ? mkdtempSync(path.join(tmpdir(), 'metsight-dicom-')) : '';
  let cases: Record<string, Expected> = {};

  beforeAll(() => {
    mkdirSync(folder, { recursive: true });
    execFileSync(python!, [generator, folder], { env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' } });
    cases = JSON.parse(readFileSync(path.join(folder, 'expected.json'), 'utf8')) as Record<string, Expected>;
  }, 180_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('over hundreds of files: voxels exactly, affines to 0.0001 mm, and with the warnings that are due', async () => {
    const wrong: Record<string, unknown> = {};
    for (const [name, expected] of Object.entries(cases)) {
      try {
        await compare(path.join(folder, name), expected);
      } catch (thrown) {
        wrong[name] = thrown instanceof Error ? thrown.message : thrown;
      }
    }
    expect(wrong).toEqual({});
    const fileCount = Object.values(cases).reduce((sum, one) => sum + one.fileCount, 0);
    expect(fileCount).toBeGreaterThanOrEqual(leastFiles);
  }, 180_000);
});

async function compare(folder: string, expected: Expected): Promise<void> {
  const { scans, refused } = await survey(filesOf(folder), assets, noCheckpoint);
  expect(refused).toEqual([]);
  const volumes: Volume[] = [];
  for (const scan of scans) volumes.push(await decode(scan, assets, noCheckpoint));

  expect(scans.map(({ series }) => series?.number)).toEqual(expected.volumes.map(({ series }) => series));
  expect(volumes.map(facts)).toEqual(
    expected.volumes.map(({ dims, nanCount, sha256 }) => ({ dims, nanCount, sha256 })),
  );
  for (const [n, { affine }] of expected.volumes.entries()) {
    const difference = affineOf(volumes[n]!)?.map((value, at) => Math.abs(value - affine!.flat()[at]!));
    if (affine === null) expect(difference).toBeUndefined();
    else expect(Math.max(...(difference ?? [Infinity]))).toBeLessThanOrEqual(toleranceMm);
  }
  const said = [...scans, ...volumes].flatMap(({ warnings }) => warnings.map(({ code }) => code));
  expect([...new Set(said)].filter((code) => !ofContent.includes(code)).sort()).toEqual(expected.warnings);
}
