import { describe, expect, test } from 'vitest';
import { concatenate } from '../concatenate';
import { encapsulatedFrames } from './encapsulated';

const words = (...values: number[]) => new Uint8Array(Uint32Array.from(values).buffer);
const item = (bytes: Uint8Array) => concatenate([words(0xe000fffe, bytes.length), bytes]);
const delimiter = words(0xe0ddfffe, 0);

/** Fragments of four bytes, 12 with their headers. */
const plain = (n: number) => Uint8Array.of(n, n, n, n);
const codestream = (n: number) => Uint8Array.of(0xff, 0xd8, n, n);

const pixels = (offsets: readonly number[], fragments: readonly Uint8Array[], end: Uint8Array = delimiter) =>
  concatenate([item(words(...offsets)), ...fragments.map(item), end]);

const framesOf = (bytes: Uint8Array, frameCount: number) =>
  encapsulatedFrames(bytes, frameCount).map((frame) => [...frame]);

const three = [plain(1), plain(2), plain(3)];
const asThey = three.map((fragment) => [...fragment]);
const nothing = new Uint8Array();

describe('frames of one fragment each', () => {
  test.each([
    ['a table', [0, 12, 24]],
    ['no table', []],
    ['a table whose second place is none', [0, 13, 24]],
    ['a table whose last place is none', [0, 12, 25]],
    ['a table that begins late', [12, 24, 36]],
  ])('are in their order with %s', (_, offsets) => {
    expect(framesOf(pixels(offsets, three), 3)).toEqual(asThey);
  });

  test.each([
    ['with', [0, 12, 24]],
    ['without', []],
  ])('of a file that ends early are those before its end, %s a table', (_, offsets) => {
    const bytes = pixels(offsets, three, nothing);
    expect(framesOf(bytes.subarray(0, -1), 3)).toEqual(asThey.slice(0, 2));
  });
});

describe('frames of several fragments', () => {
  const four = [codestream(1), plain(2), codestream(3), plain(4)];
  const joined = [
    [0xff, 0xd8, 1, 1, 2, 2, 2, 2],
    [0xff, 0xd8, 3, 3, 4, 4, 4, 4],
  ];

  test('are joined by the table, else where a codestream begins', () => {
    expect(framesOf(pixels([0, 24], four), 2)).toEqual(joined);
    expect(framesOf(pixels([0, 23], four), 2)).toEqual(joined);
    expect(framesOf(pixels([], four), 2)).toEqual(joined);
  });

  test('that nothing tells apart are refused', () => {
    const refusal = expect.objectContaining({ error: expect.objectContaining({ code: 'corrupt-file' }) as object });
    const same = [plain(1), plain(2), plain(3), plain(4)];
    expect(framesOf(pixels([0, 24], same), 2)).toHaveLength(2);
    expect(() => framesOf(pixels([0, 23], same), 2)).toThrow(refusal);
    expect(() => framesOf(pixels([], same), 2)).toThrow(refusal);
    // One frame has no fragment, and nothing says which.
    expect(() => framesOf(pixels([], same), 5)).toThrow(refusal);
  });

  test('a frame that ends early is not half there', () => {
    const bytes = pixels([0, 24], four, nothing);
    expect(framesOf(bytes.subarray(0, -1), 2)).toEqual(joined.slice(0, 1));
    expect(framesOf(bytes.subarray(0, -13), 2)).toEqual(joined.slice(0, 1));
  });
});
