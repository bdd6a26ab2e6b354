import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
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
