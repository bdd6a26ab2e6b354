/** Every real image that pydicom can decode, each file by itself, against what pydicom and numpy make of it. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Volume } from '../../domain/volume';
import { decode } from '../decode';
import { survey } from '../survey';

const python = process.env.METSIGHT_PYTHON;
const data = '../shared/data/dicom';
const generator = new URL('../fixtures/real_images.py', import.meta.url).pathname;
const gdcm = new URL(
  '../../../node_modules/@itk-wasm/image-io/dist/pipelines/gdcm-read-image.wasm.zst',
  import.meta.url,
);

/** Of 38 files; the others are CT and segmentations, or in encodings that pydicom has no decoder for. */
const leastCompared = 23;

/** Decoders of lossy JPEG differ in the last step. */
const lossySteps = 2;

/** Of header values. */
const toleranceMm = 1e-3;

type Expected =
  | { readonly problem: string }
  | {
      readonly volumes: readonly { readonly dims: readonly number[]; readonly affine: readonly number[][] | null }[];
      readonly isLossy: boolean;
      readonly values: string;
    };

const noCheckpoint = () => Promise.resolve();
const assets = (name: string) =>
  name === 'gdcm' ? Promise.resolve(readFileSync(gdcm)) : Promise.reject(new Error(`no ${name} is needed`));

/** Its only volume; undefined where it is no MR image, or holds several. */
async function onlyVolume(file: string): Promise<Volume | undefined> {
  const { scans } = await survey([{ path: path.basename(file), blob: new Blob([readFileSync(file)]) }], assets, noCheckpoint); // prettier-ignore
  return scans.length === 1 ? decode(scans[0]!, assets, noCheckpoint) : undefined;
}

describe.skipIf(!python || !existsSync(data))('real images are read as pydicom reads them', () => {
  const folder = python ? mkdtempSync(path.join(tmpdir(), 'metsight-real-')) : '';
  let files: Record<string, Expected> = {};

  beforeAll(() => {
    execFileSync(python!, [generator, data, folder], { env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' } });
    files = JSON.parse(readFileSync(path.join(folder, 'expected.json'), 'utf8')) as Record<string, Expected>;
  }, 120_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('voxel by voxel, in the same place', async () => {
    const wrong: Record<string, string> = {};
    let compared = 0;
    for (const [name, expected] of Object.entries(files)) {
      if ('problem' in expected || expected.volumes.length !== 1) continue;
      const volume = await onlyVolume(path.join(data, name));
      if (!volume) continue;
      compared++;
      const difference = differenceOf(volume, expected, readFileSync(path.join(folder, expected.values)));
      if (difference !== undefined) wrong[name] = difference;
    }
    expect(wrong).toEqual({});
    expect(compared).toBeGreaterThanOrEqual(leastCompared);
  }, 120_000);

  it('and so are those that it has no decoder for: the same image in other encodings', async () => {
    const [plain, ...encoded] = await Promise.all(
      ['MR_small', 'MR_small_jpeg_ls_lossless', 'MR_small_jp2klossless', 'MR_small_RLE'].map((name) =>
        onlyVolume(path.join(data, 'pydicom', `${name}.dcm`)),
      ),
    );
    for (const one of encoded) expect(one!.intensities).toEqual(plain!.intensities);
  });
});

function differenceOf(
  { grid, intensities }: Volume,
  { volumes: [only], isLossy }: Exclude<Expected, { problem: string }>,
  bytes: Buffer,
): string | undefined {
  if (grid.dims.join() !== only!.dims.join()) return `${grid.dims.join()} for ${only!.dims.join()}`;
  const values = new Float32Array(new Uint8Array(bytes).buffer);
  let largest = 0;
  for (const [n, value] of intensities.entries()) {
    if (Object.is(value, values[n])) continue;
    largest = Math.max(largest, Number.isNaN(value - values[n]!) ? Infinity : Math.abs(value - values[n]!));
  }
  if (largest > (isLossy ? lossySteps : 0)) return `values differ by ${largest}`;
  if (grid.space.kind === 'pixels') return undefined;
  const { affine } = grid.space;
  const farthest = Math.max(
    ...affine.flatMap((row, r) => row.map((value, c) => Math.abs(value - only!.affine![r]![c]!))),
  );
  return farthest <= toleranceMm ? undefined : `its place differs by ${farthest} mm`;
}
