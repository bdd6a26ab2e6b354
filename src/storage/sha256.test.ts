import { createHash } from 'node:crypto';
import { afterEach, expect, test, vi } from 'vitest';
import { sha256 } from './sha256';

afterEach(() => vi.unstubAllGlobals());

const bytesOf = (length: number) => Uint8Array.from({ length }, (_, n) => n * 7 + (n >> 8));
// Around the edges of the 64-byte blocks and of the padding, and many blocks.
const lengths = [0, 1, 3, 55, 56, 57, 63, 64, 65, 119, 120, 128, 100_003];

test.each([
  ['the browser’s', true],
  ['our own', false],
])('%s sha256 equals Node’s', async (_, isSecure) => {
  if (!isSecure) vi.stubGlobal('crypto', {});
  for (const length of lengths) {
    const bytes = bytesOf(length);
    expect(await sha256(bytes)).toBe(createHash('sha256').update(bytes).digest('hex'));
  }
});

test('FIPS 180-4’s own example', async () => {
  vi.stubGlobal('crypto', undefined);
  expect(await sha256(new TextEncoder().encode('abc'))).toBe(
    'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
  );
});
