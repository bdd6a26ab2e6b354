/** Archives of what the other seeds are. */
import { zipSync } from 'fflate';
import { dicomSeeds } from './dicomSeeds';
import { canary, type Seed } from './seed';
import { zipRecords } from './starts';
import { niftiSeeds } from './volumeSeeds';

/** @param fixture  reads a file of `src/decode/fixtures` */
export function zipSeeds(fixture: (file: string) => Uint8Array): readonly Seed[] {
  const picture = fixture('grey8.png');
  const volume = niftiSeeds()[0]!.files[0].bytes;
  const slices = dicomSeeds()[0]!.files;
  const archive = (name: string, entries: Readonly<Record<string, Uint8Array>>, level: 0 | 6): Seed => ({
    name,
    files: [{ path: `${canary}.zip`, bytes: zipSync(entries, { level, mtime: '2020-02-02' }) }],
    starts: zipRecords,
  });
  const nested = zipSync({ [`${canary}.png`]: picture }, { mtime: '2020-02-02' });
  return [
    archive('stored', { [`${canary}/${canary}.png`]: picture, 'read.me': picture.subarray(0, 20) }, 0),
    archive('deflated', { [`${canary}/a.png`]: picture, [`${canary}/b.nii`]: volume }, 6),
    archive('series', Object.fromEntries(slices.map(({ path, bytes }) => [path, bytes])), 6),
    archive('nested', { [`${canary}.zip`]: nested, 'a.png': picture }, 0),
  ];
}
