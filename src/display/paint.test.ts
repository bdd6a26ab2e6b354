import { expect, test } from 'vitest';
import type { Grid } from '../domain/grid';
import { paintEqualized, paintSlice } from './paint';
import { slicingOf } from './slicing';
import { thumbnail } from './thumbnail';
import { windowBetween } from './windowLevel';

const grid: Grid = { dims: [2, 1, 2], space: { kind: 'pixels' } };
const volume = (intensities: number[]) => ({
  grid,
  intensities: Float32Array.from(intensities),
  isEightBit: true,
  origin: { kind: 'picture' } as const,
  sequence: 'unknown' as const,
  warnings: [],
});

test('the second slice is painted, opaque, as grey', () => {
  const picture = paintSlice(volume([1, 2, 51, 255]), slicingOf(grid), 1, windowBetween(0, 255));
  expect(picture).toMatchObject({ width: 2, height: 1 });
  expect([...picture.rgba]).toEqual([51, 51, 51, 255, 255, 255, 255, 255]);
});

test('the equalized picture is shown without a window', () => {
  expect([...paintEqualized(Uint8Array.of(1, 2, 3, 4), slicingOf(grid), 1).rgba]).toEqual([3, 3, 3, 255, 4, 4, 4, 255]);
});

test('a thumbnail keeps the proportions and shows the middle slice', () => {
  const wide = {
    grid: { dims: [200, 100, 3], space: { kind: 'pixels' } } as const,
    intensities: Float32Array.from({ length: 60_000 }, (_, index) => (Math.floor(index / 20_000) === 1 ? 102 : 0)),
    isEightBit: true,
    origin: { kind: 'picture' } as const,
    sequence: 'unknown' as const,
    warnings: [],
  };
  const picture = thumbnail(wide, 50);
  expect([picture.width, picture.height]).toEqual([50, 25]);
  expect(picture.rgba[0]).toBe(102);
});
