import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { dataSetFolders, readDataSet } from './dataSet';
import { InputError } from './inputError';

let folder: string;

beforeEach(() => void (folder = mkdtempSync(path.join(tmpdir(), 'metsight-set-'))));
afterEach(() => rmSync(folder, { recursive: true }));

/** Empty files by name, and an index. */
function dataSet(index: string, files: readonly string[]) {
  writeFileSync(path.join(folder, 'index.csv'), index);
  for (const file of files) {
    mkdirSync(path.join(folder, path.dirname(file)), { recursive: true });
    writeFileSync(path.join(folder, file), '');
  }
  return readDataSet(folder);
}

test('patients are groups where the index has them; images are webp or png; masks may be absent', () => {
  const slices = dataSet('id,patient,patient_group,split,mask_px\n1,a,g1,val,5\n2,b,,test,0\n', [
    'images/1.webp',
    'images/2.png',
    'masks/1.png',
  ]);
  const set = path.basename(folder);
  expect(slices).toEqual([
    {
      ...{ set, facets: {}, spacingMm: undefined },
      id: '1',
      patient: 'g1',
      split: 'val',
      imagePath: path.join(folder, 'images/1.webp'),
      maskPath: path.join(folder, 'masks/1.png'),
    },
    {
      ...{ set, facets: {}, spacingMm: undefined },
      ...{ id: '2', patient: 'b', split: 'test', imagePath: path.join(folder, 'images/2.png'), maskPath: undefined },
    },
  ]);
});

test('a set without masks is tumour-free', () => {
  expect(dataSet('id,patient,split\n1,a,val\n', ['images/1.png'])[0]?.maskPath).toBeUndefined();
});

test.each(['mask_px', 'mask_px_256'])('a mask that %s promises and that is lost is an error', (column) => {
  expect(() => dataSet(`id,patient,split,${column}\n1,a,val,7\n`, ['images/1.png'])).toThrow(
    'the index gives slice 1 7 mask pixels, no mask is there',
  );
});

test('each lossless format is taken for a mask', () => {
  const files = ['png', 'webp', 'tif', 'tiff'].flatMap((suffix, n) => [`images/${n}.png`, `masks/${n}.${suffix}`]);
  const slices = dataSet('id,patient\n0,a\n1,b\n2,c\n3,d\n', [...files, 'masks/.DS_Store']);
  expect(slices.map(({ maskPath }) => path.extname(maskPath ?? ''))).toEqual(['.png', '.webp', '.tif', '.tiff']);
});

test.each([
  ['masks/1.jpg', 'masks/1.jpg is of no slice'],
  ['masks/1.PNG', 'masks/1.PNG is of no slice'],
  ['masks/1_mask.png', 'masks/1_mask.png is of no slice'],
  ['masks/1.tif', 'slice 1 has two masks, 1.png and 1.tif'],
])('a file %s beside the mask is an error, never a slice without a lesion', (file, problem) => {
  expect(() => dataSet('id,patient\n1,a\n', ['images/1.png', 'masks/1.png', file])).toThrow(problem);
});

test('a lost image, a lost index, and a patient on both sides of a split are errors', () => {
  expect(() => readDataSet(folder)).toThrow('there is no index.csv in it');
  expect(() => dataSet('id,patient,split\n1,a,val\n', [])).toThrow('there is no image of slice 1');
  expect(() => dataSet('id,patient,split\n1,a,val\n2,a,test\n', ['images/1.png', 'images/2.png'])).toThrow(
    'patient a is in val and in test',
  );
  expect(() => dataSet('name\n1\n', [])).toThrow(InputError);
});

test('a table saved by a spreadsheet is read: byte-order mark, capitals, spaces, line ends, no split', () => {
  const index = '\uFEFFID , Patient,Mask_px\r\n"1", p 1 ,\r\n2,p2,0\r\n\r\n';
  expect(dataSet(index, ['images/1.tif', 'images/2.jpg', 'masks/1.webp'])).toMatchObject([
    { id: '1', patient: 'p 1', split: 'all', maskPath: path.join(folder, 'masks/1.webp') },
    { id: '2', patient: 'p2', split: 'all', maskPath: undefined },
  ]);
});

test('view, tumour type, site and spacing are taken from the index; the site also from a TCGA patient’s id', () => {
  const index = 'id,patient,view,label,spacing_mm\n1,TCGA_CS_4941,axial,glioma,0.5\n2,b,,,\n';
  expect(dataSet(index, ['images/1.png', 'images/2.png'])).toMatchObject([
    { facets: { site: 'CS', view: 'axial', label: 'glioma' }, spacingMm: 0.5 },
    { facets: {}, spacingMm: undefined },
  ]);
  expect(() => dataSet('id,patient,spacing_mm\n1,a,none\n', ['images/1.png'])).toThrow('spacing_mm of slice 1');
});

test('a folder of several sets gives those that are named, else those trained on that are there', () => {
  for (const name of ['one', 'two']) {
    mkdirSync(path.join(folder, name));
    writeFileSync(path.join(folder, name, 'index.csv'), 'id,patient\n');
  }
  const sets = (names: string[], otherwise: string[]) =>
    dataSetFolders(folder, names, otherwise).map((one) => path.basename(one));
  expect(sets(['two'], ['one'])).toEqual(['two']);
  expect(sets([], ['one', 'lost'])).toEqual(['one']);
  expect(() => sets(['lost'], [])).toThrow('there is no data set lost');
  expect(() => sets([], ['lost'])).toThrow('choose with --set');
  const set = path.join(folder, 'one');
  expect(dataSetFolders(set, [], [])).toEqual([set]);
  expect(() => dataSetFolders(set, ['one'], [])).toThrow(InputError);
});
