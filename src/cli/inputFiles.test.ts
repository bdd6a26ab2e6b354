import { linkSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { inputFiles } from './inputFiles';
import { inputGuard } from './inputGuard';

let folder: string;
const inFolder = (name: string) => `${folder}/${name}`;

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'metsight-inputs-')).split(path.sep).join('/');
  mkdirSync(inFolder('study/sub'), { recursive: true });
  for (const name of ['outside.raw', 'study/x.raw', 'study/Voxels.RAW', 'study/sub/vol.raw', 'study/y.img']) {
    writeFileSync(inFolder(name), 'voxels');
  }
});
afterAll(() => rmSync(folder, { recursive: true }));

async function withHeader(name: string, text: string): Promise<string[]> {
  writeFileSync(inFolder(`study/${name}`), text);
  const { files } = await inputFiles(inFolder(`study/${name}`));
  return files.map((file) => file.path.slice(folder.length + 1));
}

const mhd = (data: string) => `ObjectType = Image\nNDims = 3\nElementDataFile = ${data}\n`;

test.each([
  ['MetaImage, another stem', 'a.mhd', mhd('voxels.raw'), ['study/Voxels.RAW']],
  ['MetaImage, a folder below', 'b.mhd', mhd('./sub/vol.raw'), ['study/sub/vol.raw']],
  ['NRRD, another stem', 'c.nhdr', 'NRRD0004\ndimension: 3\ndata file: x.raw\n\n', ['study/x.raw']],
  ['NRRD, called as of one piece', 'd.nrrd', 'NRRD0004\ndata file: sub/vol.raw\n', ['study/sub/vol.raw']],
  ['the same stem, whatever the header names', 'x.mhd', mhd('gone.raw'), ['study/x.raw']],
  ['one that is in the file itself', 'e.mha', mhd('LOCAL'), []],
  ['one that is not there', 'f.mhd', mhd('nowhere/gone.raw'), []],
])('the file of the voxels comes with its header: %s', async (_, name, text, data) => {
  expect(await withHeader(name, text)).toEqual([`study/${name}`, ...data]);
});

test('a header leads to no file outside its own folder', async () => {
  for (const data of ['../outside.raw', 'sub/../../outside.raw', inFolder('outside.raw'), '..\\outside.raw']) {
    expect(await withHeader('g.mhd', mhd(data))).toEqual(['study/g.mhd']);
  }
});

test('a pair is found from either of its files, however the folder is written', async () => {
  writeFileSync(inFolder('study/y.hdr'), 'header');
  const { files } = await inputFiles(inFolder('study/../study/./y.img'));
  expect(files.map((file) => file.path.slice(folder.length))).toEqual([
    '/study/../study/./y.img',
    '/study/../study/./y.hdr',
  ]);
});

test('an input is known by what it is, not by what it is called', async () => {
  linkSync(inFolder('study/x.raw'), inFolder('linked'));
  symlinkSync(inFolder('study/x.raw'), inFolder('pointed'));
  const isInput = await inputGuard([inFolder('study/x.raw'), inFolder('no such file')]);
  const asked = ['study/x.raw', 'study/../study/x.raw', 'linked', 'pointed', 'outside.raw', 'no such file'];
  expect(await Promise.all(asked.map((name) => isInput(inFolder(name))))).toEqual([
    true,
    true,
    true,
    true,
    false,
    false,
  ]);
});
