/** However the voxels of a phantom are stored, its mask comes back to where its lesions are: never flipped, never shifted. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import type { MaskProvenance } from '../domain/provenance';
import type { Mask, Volume } from '../domain/volume';
import { encodeDicomSeg } from '../encode/dicomSeg';
import { encodeMaskNifti } from '../encode/nifti';
import { labelsOn, storageName, storages, storedPhantom } from './fixtures/labelledPhantom';
import { plainNetwork, untouched } from './fixtures/plainNetwork';
import { asDicom, asNifti, type StoredFile } from './fixtures/storedFiles';
import { openScan, survey } from './open';
import { outline } from './outline';
import { segment } from './segment';

const noAssets = () => Promise.reject(new Error('no program is needed'));
const noCheckpoint = () => Promise.resolve();

async function opened(stored: readonly StoredFile[]): Promise<Volume> {
  const files = stored.map(({ name, bytes }) => ({ path: `study/${name}`, blob: new Blob([bytes]) }));
  const { scans, refused } = await survey(files, noAssets, noCheckpoint);
  expect(refused).toEqual([]);
  expect(scans).toHaveLength(1);
  return openScan(scans[0]!, noAssets, noCheckpoint);
}

async function segmented(stored: readonly StoredFile[]): Promise<{ readonly volume: Volume; readonly mask: Mask }> {
  const volume = await opened(stored);
  const map = await segment(volume, plainNetwork, untouched, noCheckpoint);
  return { volume, mask: outline(map, { threshold: 0.5, minVoxelCount: 1 }).mask };
}

const about: MaskProvenance = {
  ...{ programVersion: '0', modelId: 'plain', weightsSha256: '0', threshold: 0.5, trainedOn: '', notice: '' },
  ...{ minSize: { value: 1, unit: 'mm3' }, isTriPlanar: false, rejectedCount: 0, backend: 'none', adapter: 'none' },
};

/** Right, anterior, superior: turned a little out of the body's axes. */
function obliqueColumns([x, y, z]: readonly [number, number, number]) {
  const [c, s, d, t] = [Math.cos(0.2), Math.sin(0.2), Math.cos(0.3), Math.sin(0.3)];
  return [
    [x * c, x * s * d, x * s * t],
    [-y * s, y * c * d, y * c * t],
    [0, -z * t, z * d],
  ] as const;
}

const spaces = [
  ['axial slices of 3 mm, pixels of the network’s own size', [[0.94, 0, 0], [0, 0.94, 0], [0, 0, 3]]],
  ['sagittal slices of 2.5 mm, oblique, resampled', obliqueColumns([2.5, 0.8, 1.1])],
  ['near-isotropic voxels, oblique, resampled', obliqueColumns([1.2, 1, 1.1])],
] as const; // prettier-ignore

describe.each(spaces)('%s, in all 48 orders of storage', (_, columns) => {
  test.each([
    ['NIfTI', asNifti],
    ['DICOM', asDicom],
  ])(
    'as %s',
    async (__, files) => {
      const wrong: string[] = [];
      for (const storage of storages) {
        const { volume, mask } = await segmented(files(storedPhantom(storage, columns)));
        if (!isSame(mask.labels, labelsOn(volume.grid, columns))) wrong.push(storageName(storage));
        // And out again, in its own space.
        const file = new Uint8Array(encodeMaskNifti(mask, volume.origin, about));
        const written = await opened([{ name: 'mask.nii.gz', bytes: file }]);
        const expected = labelsOn(written.grid, columns).map((label) => Math.min(1, label));
        if (!isSame(written.intensities, expected)) wrong.push(`${storageName(storage)}, written`);
      }
      expect(storages).toHaveLength(48);
      expect(wrong).toEqual([]);
    },
    120_000,
  );
});

const python = process.env.METSIGHT_PYTHON;

describe.skipIf(!python)('read by nibabel and pydicom, which know nothing of our axes,', () => {
  test('every mask lies on its input’s lesions, in all 48 orders of storage, as NIfTI, DICOM and DICOM SEG', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'metsight-orders-'));
    try {
      for (const storage of storages) {
        const stored = storedPhantom(storage, spaces[1][1]);
        await writeResults(path.join(folder, `${storageName(storage)}-nifti`), asNifti(stored));
        await writeResults(path.join(folder, `${storageName(storage)}-dicom`), asDicom(stored));
      }
      const program = fileURLToPath(new URL('./fixtures/read_back.py', import.meta.url));
      const env = { ...process.env, PYTHONDONTWRITEBYTECODE: '1' };
      expect(JSON.parse(execFileSync(python!, [program, folder], { encoding: 'utf8', env }))).toEqual({});
    } finally {
      rmSync(folder, { recursive: true });
    }
  }, 180_000);
});

async function writeResults(folder: string, stored: readonly StoredFile[]): Promise<void> {
  const { volume, mask } = await segmented(stored);
  mkdirSync(folder);
  for (const { name, bytes } of stored) writeFileSync(path.join(folder, name), bytes);
  writeFileSync(path.join(folder, 'mask.nii.gz'), encodeMaskNifti(mask, volume.origin, about));
  if (volume.origin.kind !== 'dicom') return;
  writeFileSync(path.join(folder, 'seg.dcm'), encodeDicomSeg(mask, volume.origin, about, new Date(0)));
}

function isSame(a: ArrayLike<number>, b: ArrayLike<number>): boolean {
  if (a.length !== b.length) return false;
  for (let n = 0; n < a.length; n++) if (a[n] !== b[n]) return false;
  return true;
}
