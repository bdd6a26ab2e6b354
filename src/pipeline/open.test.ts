import { encode } from 'fast-png';
import { expect, test, vi } from 'vitest';
import { blobBytes, open } from './open';

const noAssets = () => Promise.reject(new Error('no program is needed for this file'));
const noCheckpoint = () => Promise.resolve();

test('a file is refused by its size before a byte of it is read', async () => {
  const read = vi.fn();
  await expect(open({ size: 2 ** 40, read }, noAssets, noCheckpoint)).rejects.toMatchObject({
    error: { code: 'file-too-large', bytes: 2 ** 40 },
  });
  await expect(open({ size: 0, read }, noAssets, noCheckpoint)).rejects.toMatchObject({
    error: { code: 'empty-file' },
  });
  expect(read).not.toHaveBeenCalled();
});

test('a blob of a picture becomes a volume of one slice', async () => {
  const data = Uint8Array.from({ length: 40 * 50 }, (_, n) => n % 251);
  const file = new Blob([new Uint8Array(encode({ data, width: 40, height: 50, channels: 1, depth: 8 }))]);
  const volume = await open(blobBytes(file), noAssets, noCheckpoint);
  expect(volume.grid.dims).toEqual([40, 50, 1]);
  expect([...volume.intensities]).toEqual([...data]);
});

test('a file that went away since it was chosen is unreadable, not a fault of the program', async () => {
  const gone = { size: 10, arrayBuffer: () => Promise.reject(new DOMException('', 'NotReadableError')) };
  await expect(open(blobBytes(gone as unknown as Blob), noAssets, noCheckpoint)).rejects.toMatchObject({
    error: { code: 'unreadable-file' },
  });
});
