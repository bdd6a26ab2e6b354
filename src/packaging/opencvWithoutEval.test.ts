import { expect, test, vi } from 'vitest';
import { equalizeWith, startOpenCv } from '../preprocess/opencv';
import { withoutEval } from './opencvWithoutEval';
import { readOpencv } from './programs';

test('OpenCV.js without its eval equalises to the same bytes, also in strict mode, and evaluates nothing', async () => {
  const original = readOpencv();
  const bytes = (text: string) => new TextEncoder().encode(text);
  const [before, after] = [
    await startOpenCv(bytes(original)),
    await startOpenCv(bytes(`'use strict';${withoutEval(original)}`)),
  ];
  // A linear congruential generator: the same pictures each time.
  let seed = 1;
  const next = () => (seed = (seed * 48271) % 2147483647);
  for (const [rows, cols] of [
    [64, 64],
    [37, 101],
    [256, 256],
  ] as const) {
    const image = Uint8Array.from({ length: rows * cols }, () => next() & 255);
    const setting = { clipLimit: 2, tiles: [8, 8] } as const;
    const evaluated = vi.spyOn(globalThis, 'Function');
    const found = equalizeWith(after, image, rows, cols, setting);
    expect(evaluated).not.toHaveBeenCalled();
    evaluated.mockRestore();
    expect(found).toEqual(equalizeWith(before, image, rows, cols, setting));
    expect(found).not.toEqual(image);
  }
});

test('another release is refused rather than shipped half changed', () => {
  expect(() => withoutEval('var cv = {}')).toThrow('Another release?');
  expect(() => withoutEval(`${readOpencv()}; new Function('x')`)).toThrow('in another place');
});
