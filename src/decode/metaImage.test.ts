import { expect, test } from 'vitest';
import { cpuMs } from './fixtures/cpuMs';
import { readMetaImage } from './metaImage';

const noVoxels = () => {
  throw new Error('the voxels are in the file itself');
};

const imageOf = (comment: string) => {
  const header = ['ObjectType = Image', 'NDims = 2 ', ` Comment =${comment}`, 'DimSize = 64\t64 ', 'ElementType = MET_UCHAR', 'ElementDataFile =  LOCAL \r\n']; // prettier-ignore
  return new Blob([header.join('\r\n'), new Uint8Array(4096)]);
};

test('values come without the space around them', async () => {
  const { dims, coding } = await readMetaImage(imageOf(''), noVoxels);
  expect([dims, coding.type]).toEqual([[64, 64, 1], 'uint8']);
});

test('a line of nearly a megabyte of blanks takes no time', async () => {
  const comment = `a${' '.repeat(2 ** 20 - 1000)}b`;
  expect(await cpuMs(() => readMetaImage(imageOf(comment), noVoxels))).toBeLessThan(500);
});
