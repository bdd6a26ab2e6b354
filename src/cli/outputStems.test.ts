import path from 'node:path';
import { expect, test } from 'vitest';
import { exportEnding, pictureEnding, reportEnding } from '../domain/exportFormat';
import { outputStems } from './outputStems';

const input = (file: string) => ({
  stem: path.parse(file).name,
  fileName: path.basename(file),
  files: [file],
});
const stems = (...inputs: string[]) => outputStems(inputs.map(input), 'out').map(({ stem }) => stem);

test('a file’s own name is kept, whatever its folder and ending', () => {
  expect(stems('scan.png', 'deep/er/other.slice.tiff', 'bare')).toEqual(['scan', 'other.slice', 'bare']);
});

test('of two inputs of one stem the second is numbered', () => {
  expect(stems('a/scan.png', 'b/scan.png', 'c/scan.jpg')).toEqual(['scan', 'scan-2', 'scan-3']);
});

test('a numbered name is never one that another input has, before or after it', () => {
  expect(stems('a.png', 'a-2.png', 'b/a.png')).toEqual(['a', 'a-2', 'a-3']);
  expect(stems('a.png', 'b/a.png', 'a-2.png')).toEqual(['a', 'a-3', 'a-2']);
});

test('names that differ in case alone are one file on some systems', () => {
  expect(stems('Scan.png', 'b/scan.png', 'c/SCAN.png')).toEqual(['Scan', 'scan-2', 'SCAN-3']);
});

test('names that differ in Unicode form alone are one file on some systems', () => {
  const composed = 'h\u00e9ad';
  const decomposed = 'he\u0301ad';
  expect(stems(`${composed}.png`, `b/${decomposed}.png`)).toEqual([composed, `${decomposed}-2`]);
});

test('the same file given twice is segmented twice', () => {
  expect(stems('scan.png', 'scan.png')).toEqual(['scan', 'scan-2']);
});

test('a file called like the pages of another does not meet them', () => {
  expect(stems('scan.tif', 'scan.p001.png')).toEqual(['scan', 'scan.p001-2']);
  expect(stems('scan.p001.png', 'scan.tif')).toEqual(['scan.p001', 'scan-2']);
  expect(stems('scan.p001.png', 'scan.p002.png')).toEqual(['scan.p001', 'scan.p002']);
});

test('an input that lies in the output folder is not overwritten', () => {
  expect(stems('scan.png', 'out/scan.mask.png')).toEqual(['scan-2', 'scan.mask']);
  expect(stems('scan.png', 'out/scan.some-model.mask.png')).toEqual(['scan-2', 'scan.some-model.mask']);
  expect(stems('scan.png', 'elsewhere/scan.mask.png')).toEqual(['scan', 'scan.mask']);
  expect(outputStems([input('out/scan.png')], 'out')).toEqual([{ stem: 'scan', wanted: 'scan' }]);
});

test.each([...Object.values(exportEnding), ...Object.values(pictureEnding), reportEnding])(
  'no output is called like an input x.%s in the output folder, whichever was given first',
  (ending) => {
    const other = { stem: 'other', fileName: `x.${ending}`, files: [`out/x.${ending}`] };
    expect(outputStems([input('x.dcm'), other], 'out')[0]!.stem).toBe('x-2');
    expect(outputStems([other, input('x.dcm')], 'out')[1]!.stem).toBe('x-2');
    expect(outputStems([input('x.dcm'), { ...other, files: [`out/deeper/x.${ending}`] }], 'out')[0]!.stem).toBe('x');
  },
);

test('what lies in a folder that was given is an input too', () => {
  const folder = { stem: 'study', fileName: 'study', files: ['out/im1.dcm', 'out/study.json'] };
  expect(outputStems([folder], 'out')[0]!.stem).toBe('study-2');
});

test('a volume in the output folder is not overwritten by its own kind of output', () => {
  expect(stems('scan.png', 'out/scan.mask.nii.gz')).toEqual(['scan-2', 'scan.mask.nii']);
});
