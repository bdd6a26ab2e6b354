import { expect, test } from 'vitest';
import type { Volume } from '../domain/volume';
import { autoWindow, shade, windowBetween, windowPresets } from './windowLevel';

const volume = (values: number[], isEightBit: boolean): Volume => ({
  grid: { dims: [values.length, 1, 1], space: { kind: 'pixels' } },
  intensities: Float32Array.from(values),
  isEightBit,
  origin: { kind: 'picture' },
  sequence: 'unknown',
  warnings: [],
});

test('the standard’s own example: centre 2048, width 4096 shows 0 as black and 4095 as white', () => {
  // PS3.3 C.11.2.1.2.1, note 3: c = 2048, w = 4096 becomes y = ((x − 2047.5) / 4095 + 0.5) × 255.
  const window = { center: 2048, width: 4096 };
  expect(shade(0, window)).toBe(0);
  expect(shade(4095, window)).toBe(1);
  expect(shade(2047.5, window)).toBeCloseTo(0.5, 9);
  expect(windowBetween(0, 4095)).toEqual(window);
});

test('what lies outside the window is black or white', () => {
  const window = windowBetween(10, 20);
  expect(shade(-5, window)).toBe(0);
  expect(shade(Number.POSITIVE_INFINITY, window)).toBe(1);
});

test('what is not a number is black', () => {
  expect(shade(Number.NaN, windowBetween(0, 1))).toBe(0);
});

test('an 8-bit picture is shown as it is', () => {
  const window = autoWindow(volume([0, 7, 90], true));
  expect([0, 51, 255].map((value) => Math.round(255 * shade(value, window)))).toEqual([0, 51, 255]);
});

test('a deeper picture is windowed over its tissue, so one hot voxel does not darken the rest', () => {
  const values = Array.from({ length: 1001 }, (_, index) => index);
  const window = autoWindow(volume([...values, 60_000], false));
  expect(shade(1000, window)).toBe(1);
  expect(shade(5, window)).toBe(0);
});

test('a picture of one value, or of nothing but air, has a window all the same', () => {
  for (const values of [[5, 5, 5], [0, 0], [Number.NaN]]) {
    const window = autoWindow(volume(values, false));
    expect(Number.isFinite(shade(values[0]!, window))).toBe(true);
  }
});

test('presets differ and are named', () => {
  const presets = windowPresets(
    volume(
      Array.from({ length: 256 }, (_, index) => index),
      true,
    ),
  );
  expect(presets[0]).toEqual({ name: 'Full range', window: windowBetween(0, 255) });
  expect(new Set(presets.map(({ window }) => window.center)).size).toBe(presets.length);
});
