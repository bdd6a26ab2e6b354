import { existsSync, readFileSync } from 'node:fs';
import { gzipSync, zlibSync } from 'fflate';
import { describe, expect, it, test } from 'vitest';
import { niftiFile } from './fixtures/niftiFile';
import { readVolumeFile } from './volumeFile';

const noAssets = () => Promise.reject(new Error('no asset is needed'));
const noCheckpoint = () => Promise.resolve();

const folder = '../shared/data/volumes/BraTS-MET-00110-000';

describe.skipIf(!existsSync(folder))('a real volume', () => {
  it('is read', async () => {
    const name = 'BraTS-MET-00110-000-t1c.nii.gz';
    const volume = await readVolumeFile(
      [{ path: name, blob: new Blob([readFileSync(`${folder}/${name}`)]) }],
      noAssets,
      noCheckpoint,
    );
    expect(volume).toMatchObject({
      grid: { dims: [240, 240, 155] },
      sequence: 'T1-CE',
      isEightBit: false,
      warnings: [{ code: 'skull-stripped' }],
    });
    expect(volume.intensities).toHaveLength(240 * 240 * 155);
  });
});

const voxels = Int16Array.from({ length: 33 * 32 * 3 }, (_, n) => (n * n) % 3001);
const nifti = niftiFile([33, 32, 3], [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 2, 0]], voxels); // prettier-ignore
const metaHeader =
  'ObjectType = Image\nNDims = 3\nDimSize = 33 32 3\nElementType = MET_SHORT\nCompressedData = True\nElementDataFile = LOCAL\n';
const metaImage = [metaHeader, zlibSync(new Uint8Array(voxels.buffer))] as const;
const read = async (...parts: readonly (string | Uint8Array)[]) => {
  const blob = new Blob(parts as (string | Uint8Array<ArrayBuffer>)[]);
  return (await readVolumeFile([{ path: 'v', blob }], noAssets, noCheckpoint)).intensities;
};

describe('what programs append to compressed data', () => {
  test.each([
    ['the end of a line', new Uint8Array([10])],
    ['zeros up to a block', new Uint8Array(10240)],
    ['words', new TextEncoder().encode('made by hand')],
  ])('is passed over: %s', async (_, appended) => {
    expect(await read(gzipSync(nifti), appended)).toEqual(Float32Array.from(voxels));
    expect(await read(gzipSync(nifti.subarray(0, 9)), gzipSync(nifti.subarray(9)), appended)).toEqual(Float32Array.from(voxels)); // prettier-ignore
    expect(await read(...metaImage, appended)).toEqual(Float32Array.from(voxels));
  });

  test('does not stand in for what is damaged, or missing', async () => {
    const zipped = gzipSync(nifti);
    const wrong = zipped.slice();
    wrong[wrong.length - 7]! ^= 1;
    const appended = new Uint8Array(512);
    await expect(read(wrong, appended)).rejects.toMatchObject({ error: { code: 'corrupt-file' } });
    await expect(read(zipped.subarray(0, -8), appended)).rejects.toMatchObject({ error: { code: 'corrupt-file' } });
    const first = gzipSync(nifti.subarray(0, 5000));
    await expect(read(first, appended)).rejects.toMatchObject({ error: { code: 'truncated-file' } });
  });
});
