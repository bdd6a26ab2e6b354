import { gzipSync } from 'fflate';
import { expect, test } from 'vitest';
import { cpuMs } from './fixtures/cpuMs';
import { readNrrd } from './nrrd';
import { readVoxels } from './voxels';

const noVoxels = () => {
  throw new Error('the voxels are in the file itself');
};

function fileOf(fields: Readonly<Record<string, string>>): Blob {
  const all = { type: 'uint8', encoding: 'raw', ...fields };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`);
  return new Blob([['NRRD0005', ...lines, '', ''].join('\n'), new Uint8Array(2 ** 16)]);
}

test('directions that never close take no time', async () => {
  const file = fileOf({
    ...{ dimension: '3', sizes: '64 64 2', space: 'left-posterior-superior' },
    'space directions': '('.repeat(2 ** 20 - 1000),
  });
  const read = () => readNrrd(file, noVoxels).catch((thrown: { error: { code: string } }) => thrown.error.code);
  expect(await cpuMs(async () => expect(await read()).toBe('corrupt-file'))).toBeLessThan(500);
});

test.each([
  ['vector domain domain domain', '3 64 64 4'],
  ['RGB-color space space space', '3 64 64 4'],
  ['time domain domain domain', '5 64 64 2'],
  ['domain list domain domain', '64 3 64 2'],
])('an axis that is not in space is none of the volume’s, also without directions: %s', async (kinds, sizes) => {
  await expect(readNrrd(fileOf({ dimension: '4', sizes, kinds }), noVoxels)).rejects.toMatchObject({
    error: { code: 'unsupported-variant', found: 'NRRD file with several values a voxel' },
  });
});

test.each([
  ['domain domain domain list', '64 64 4 3', [64, 64, 4], 3],
  ['stub space space space', '1 64 64 4', [64, 64, 4], 1],
  ['??? none domain', '64 64 4', [64, 64, 4], 1],
])('of axes %s those in space are the volume’s', async (kinds, sizes, dims, volumeCount) => {
  const dimension = String(sizes.split(' ').length);
  const volume = await readNrrd(fileOf({ dimension, sizes, kinds }), noVoxels);
  expect(volume.dims).toEqual(dims);
  expect(volume.warnings.filter(({ code }) => code === 'first-of-volumes')).toEqual(
    volumeCount > 1 ? [{ code: 'first-of-volumes', volumeCount }] : [],
  );
});

const voxelsOf = async (blob: Blob) => {
  const { coding, data, dims } = await readNrrd(blob, noVoxels);
  return readVoxels(data, coding, dims[0] * dims[1] * dims[2], 'NRRD', () => Promise.resolve());
};
const textFile = (text: string, fields: Readonly<Record<string, string>> = {}) => {
  const all = { type: 'short', encoding: 'ascii', dimension: '2', sizes: '32 40', ...fields };
  const lines = Object.entries(all).map(([name, value]) => `${name}: ${value}`);
  return new Blob([['NRRD0005', ...lines, '', text].join('\n')]);
};

test('voxels in text have no byte order, and are read', async () => {
  const numbers = Array.from({ length: 32 * 40 }, (_, n) => (n % 7 === 1 ? -n : n / 4));
  expect([...(await voxelsOf(textFile(numbers.join(' '))))]).toEqual(numbers);
  const lines = `1e3\t-.5\r\n NaN inf ${'7\n'.repeat(32 * 40 - 4)} 8 9`;
  expect([...(await voxelsOf(textFile(lines))).subarray(0, 5)]).toEqual([1000, -0.5, NaN, Infinity, 7]);
});

test.each([
  ['too few numbers', textFile('1 '.repeat(32 * 40 - 1)), 'truncated-file'],
  ['a word', textFile(`x ${'1 '.repeat(32 * 40)}`), 'corrupt-file'],
  ['half a number', textFile(`1e ${'1 '.repeat(32 * 40)}`), 'corrupt-file'],
  ['a word without end', textFile('1'.repeat(2 ** 21)), 'corrupt-file'],
  ['more voxels than text is for', textFile('1', { dimension: '3', sizes: '512 512 512' }), 'unsupported-variant'],
  ['hexadecimal digits', textFile('00', { encoding: 'hex', endian: 'little' }), 'unsupported-variant'],
])('text with %s is refused', async (_, file, code) => {
  await expect(voxelsOf(file)).rejects.toMatchObject({ error: { code } });
});

test('lines to skip are passed over before bytes are, and before what is compressed', async () => {
  const numbers = Uint8Array.from({ length: 32 * 40 }, (_, n) => n % 199);
  const behind = (fields: string, ...parts: readonly (string | Uint8Array<ArrayBuffer>)[]) =>
    voxelsOf(new Blob([`NRRD0005\ntype: uchar\ndimension: 2\nsizes: 32 40\n${fields}\n\n`, ...parts]));
  const raw = await behind('encoding: raw\nline skip: 2\nbyte skip: 3', 'one\ntwo\nxyz', numbers);
  expect(raw).toEqual(Float32Array.from(numbers));
  const zipped = await behind('encoding: gzip\nlineskip: 1', 'one\n', gzipSync(numbers).slice());
  expect(zipped).toEqual(Float32Array.from(numbers));
  await expect(
    behind(
      'encoding: raw\nline skip: 3',
      'one\ntwo\n',
      numbers.map(() => 7),
    ),
  ).rejects.toMatchObject({
    error: { code: 'corrupt-file' },
  });
});

test('a picture with a spacing has it, of a thickness that is assumed', async () => {
  const flat = { dimension: '2', sizes: '64 64' };
  const unknown = await readNrrd(fileOf({ ...flat, spacings: '0.5 0.75' }), noVoxels);
  expect(unknown.space).toMatchObject({ affine: [[-0.5, 0, 0, 0], [0, -0.75, 0, 0], [0, 0, 1, 0]] }); // prettier-ignore
  expect(unknown.warnings.map(({ code }) => code)).toEqual(['place-unknown', 'thickness-assumed']);
  const directions = { space: 'RAS', 'space directions': '(0.5,0,0) (0,0.75,0)' };
  const placed = await readNrrd(fileOf({ ...flat, ...directions }), noVoxels);
  expect(placed.space).toMatchObject({ affine: [[0.5, 0, 0, 0], [0, 0.75, 0, 0], [0, 0, 1, 0]] }); // prettier-ignore
  expect(placed.warnings).toEqual([{ code: 'thickness-assumed', mm: 1 }]);
  expect((await readNrrd(fileOf(flat), noVoxels)).space).toEqual({ kind: 'pixels' });
});
