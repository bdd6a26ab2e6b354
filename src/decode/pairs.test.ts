import { expect, test } from 'vitest';
import type { NamedFile } from '../domain/scan';
import { cpuMs } from './fixtures/cpuMs';
import { withData } from './pairs';

const header = (text: string): NamedFile => ({ path: 'a/head.nhdr', blob: new Blob([text]) });
const voxels: NamedFile = { path: 'a/Voxels 1.raw', blob: new Blob([new Uint8Array(8)]) };
const others = new Map([[voxels.path.toLowerCase(), voxels]]);

test.each([
  'NRRD0004\ndata file: Voxels 1.raw\n',
  'NRRD0004\r\nDatafile :=  ./voxels 1.raw \r\n\r\n',
  'NDims = 3\n ElementDataFile\t= Voxels 1.raw\t',
  'NDims = 3\nElementDataFile = ..\\a\\Voxels 1.raw',
  'NRRD0004\ndata file: b/.././voxels 1.raw\n',
])('the file of the voxels is found by the name in %j', async (text) => {
  const named = { format: text.startsWith('NRRD') ? 'NRRD' : 'MetaImage', file: header(text) } as const;
  expect(await withData(named, others)).toEqual([named.file, voxels]);
});

test.each([
  ['in the line that names the voxels', `data file: a${' '.repeat(60_000)}b`],
  ['in lines', ' \n'.repeat(30_000)],
])('many blanks %s take no time', async (_, text) => {
  const file = header(`NRRD0004\n${text}`);
  const search = () => withData({ format: 'NRRD', file }, others).catch(() => undefined);
  expect(await cpuMs(search)).toBeLessThan(300);
});
