import { encode } from 'fast-png';
import { expect, test, vi } from 'vitest';
import { openPicture } from './open';

const noAssets = () => Promise.reject(new Error('no program is needed for this file'));
const noCheckpoint = () => Promise.resolve();
const open = (blob: Blob) => openPicture({ path: 'a.png', blob }, noAssets, noCheckpoint);

test('a file is refused by its size before a byte of it is read', async () => {
  const arrayBuffer = vi.fn();
  const sized = (size: number) => ({ size, arrayBuffer, slice: arrayBuffer }) as unknown as Blob;
  await expect(open(sized(2 ** 40))).rejects.toMatchObject({ error: { code: 'file-too-large', bytes: 2 ** 40 } });
  await expect(open(sized(0))).rejects.toMatchObject({ error: { code: 'empty-file' } });
  expect(arrayBuffer).not.toHaveBeenCalled();
});

test('a blob of a picture becomes a volume of one slice', async () => {
  const data = Uint8Array.from({ length: 40 * 50 }, (_, n) => n % 251);
  const volume = await open(new Blob([new Uint8Array(encode({ data, width: 40, height: 50, channels: 1, depth: 8 }))]));
  expect(volume.grid.dims).toEqual([40, 50, 1]);
  expect([...volume.intensities]).toEqual([...data]);
});

test('a file that went away since it was chosen is unreadable, not a fault of the program', async () => {
  const gone = { size: 10, arrayBuffer: () => Promise.reject(new DOMException('', 'NotReadableError')) };
  await expect(open(gone as unknown as Blob)).rejects.toMatchObject({ error: { code: 'unreadable-file' } });
});
