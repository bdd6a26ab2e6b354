import { expect, test } from 'vitest';
import { voxelCount, voxelIndex } from './grid';
import { drawPhantom, phantomLesions } from './phantom';

const phantom = drawPhantom();
const [cols, rows] = phantom.grid.dims;

test('is one slice of whole numbers from 0 to 255', () => {
  expect(phantom.grid.dims[2]).toBe(1);
  expect(phantom.intensities).toHaveLength(voxelCount(phantom.grid));
  expect(phantom.intensities.every((value) => Number.isInteger(value) && value >= 0 && value <= 255)).toBe(true);
});

test('is not square, so that trying it shows the way back to the picture’s own pixels', () => {
  expect(cols).not.toBe(rows);
});

test('is the same at every call', () => {
  expect(drawPhantom().intensities).toEqual(phantom.intensities);
});

test('has air all around the head', () => {
  for (let j = 0; j < rows; j++) {
    for (let i = 0; i < cols; i++) {
      const isBorder = i < 8 || j < 8 || i >= cols - 8 || j >= rows - 8;
      if (isBorder) expect(phantom.intensities[voxelIndex(phantom.grid, i, j, 0)]).toBeLessThan(20);
    }
  }
});

test.each(phantomLesions)('has a bright $kind lesion at column $i, row $j', ({ i, j, radiusPx, kind }) => {
  const at = (di: number, dj: number) =>
    phantom.intensities[voxelIndex(phantom.grid, Math.round(i + di), Math.round(j + dj), 0)]!;
  const around = (radius: number) => (at(radius, 0) + at(-radius, 0) + at(0, radius) + at(0, -radius)) / 4;
  const rim = around(kind === 'ring' ? 0.83 * radiusPx : 0.3 * radiusPx);
  expect(rim).toBeGreaterThan(140);
  expect(around(1.6 * radiusPx + 1)).toBeLessThan(rim - 40);
  if (kind === 'ring') expect(at(0, 0)).toBeLessThan(rim - 80);
});
