import { expect, test } from 'vitest';
import { cpuMs } from './fixtures/cpuMs';
import { isMetaImage, readMetaImage } from './metaImage';

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

const flat = (...lines: readonly string[]) =>
  new Blob([
    ['ObjectType = Image', 'NDims = 2', 'DimSize = 64 64', ...lines, 'ElementType = MET_UCHAR', 'ElementDataFile = LOCAL', ''].join('\n'),
    new Uint8Array(4096),
  ]); // prettier-ignore

test('a picture with a spacing has it, in no known place and of a thickness that is assumed', async () => {
  const { space, warnings } = await readMetaImage(flat('ElementSpacing = 0.5 0.75', 'Offset = 3 4'), noVoxels);
  expect(space).toEqual({
    kind: 'patient',
    affine: [[-0.5, -0, -0, -3], [-0, -0.75, -0, -4], [0, 0, 1, 0]],
  }); // prettier-ignore
  expect(warnings).toEqual([{ code: 'place-unknown' }, { code: 'thickness-assumed', mm: 1 }]);
  expect((await readMetaImage(flat(), noVoxels)).space).toEqual({ kind: 'pixels' });
});

test('a header may begin with any key, and say yes by a letter, as MetaIO reads it', async () => {
  const header =
    'ID = 1\nNDims = 2\nDimSize = 64 64\nBinaryDataByteOrderMSB = T\nElementType = MET_SHORT\nElementDataFile = LOCAL\n';
  expect(isMetaImage(new TextEncoder().encode(header))).toBe(true);
  const { coding } = await readMetaImage(new Blob([header, new Uint8Array(8192)]), noVoxels);
  expect(coding.isLittleEndian).toBe(false);
});
