import { expect, test } from 'vitest';
import type { Grid } from '../domain/grid';
import { delineationRule } from './askedRule';
import type { MinSize } from './commandLine';
import { InputError } from './inputError';

const picture: Grid = { dims: [4, 4, 1], space: { kind: 'pixels' } };
/** Of float32 0.1 mm each way, as headers hold them: 1 mm³ is 1000.0001 voxels. */
const side = Math.fround(0.1);
const volume: Grid = {
  dims: [4, 4, 4],
  space: { kind: 'patient', affine: [[side, 0, 0, 0], [0, side, 0, 0], [0, 0, Math.fround(0.09999999), 0]] }, // prettier-ignore
};
const model = {
  threshold: { value: 0.5, chosenOn: '' },
  minLesionPx: 4,
  preprocess: {},
} as unknown as Parameters<typeof delineationRule>[1];
const count = (minSize: MinSize, grid: Grid) =>
  delineationRule({ threshold: undefined, minSize }, model, grid).minVoxelCount;

test('cubic millimetres become the voxels that fill them, as on the page: rounding of the header adds none', () => {
  expect(count({ value: 1, unit: 'mm3' }, volume)).toBe(1000);
  expect(count({ value: 1, unit: undefined }, volume)).toBe(1000);
  expect(count({ value: 0, unit: 'mm3' }, volume)).toBe(1);
});

test('pixels are counted, and a picture has no millimetres', () => {
  expect(count({ value: 12, unit: 'px' }, volume)).toBe(12);
  expect(count({ value: 12, unit: undefined }, picture)).toBe(12);
  expect(() => count({ value: 12, unit: 'mm3' }, picture)).toThrow(InputError);
});
