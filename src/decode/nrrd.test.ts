import { expect, test } from 'vitest';
import { cpuMs } from './fixtures/cpuMs';
import { readNrrd } from './nrrd';

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
