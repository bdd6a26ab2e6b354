import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readDataSet } from './dataSet';
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
  expect(slices).toEqual([
    {
      id: '1',
      patient: 'g1',
      split: 'val',
      imagePath: path.join(folder, 'images/1.webp'),
      maskPath: path.join(folder, 'masks/1.png'),
    },
    { id: '2', patient: 'b', split: 'test', imagePath: path.join(folder, 'images/2.png'), maskPath: undefined },
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

test('a lost image, a lost index, and a patient on both sides of a split are errors', () => {
  expect(() => readDataSet(folder)).toThrow('there is no index.csv in it');
  expect(() => dataSet('id,patient,split\n1,a,val\n', [])).toThrow('there is no image of slice 1');
  expect(() => dataSet('id,patient,split\n1,a,val\n2,a,test\n', ['images/1.png', 'images/2.png'])).toThrow(
    'patient a is in val and in test',
  );
  expect(() => dataSet('name\n1\n', [])).toThrow(InputError);
});
