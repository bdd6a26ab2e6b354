import { expect, test } from 'vitest';
import type { Grid } from '../domain/grid';
import type { ModelManifest } from '../models/manifest';
import { noWishes, ruleFor, sizeOf } from './rule';

/** As far as the rule reads it: on this grid 4 pixels of the network's picture are 4 of the picture's own. */
const manifest = {
  threshold: { value: 0.4, chosenOn: '' },
  minLesionPx: 4,
  preprocess: { inputSize: [256, 256], grid: { spacingMm: 1 } },
} as unknown as ModelManifest;
const picture: Grid = { dims: [256, 256, 1], space: { kind: 'pixels' } };
const volume: Grid = {
  dims: [256, 256, 100],
  space: { kind: 'patient', affine: [[0.5, 0, 0, 0], [0, 0.5, 0, 0], [0, 0, 2, 0]] }, // prettier-ignore
};

test('untouched, the network’s own rule counts', () => {
  expect(ruleFor(noWishes, manifest, picture)).toEqual({ threshold: 0.4, minVoxelCount: 4 });
  // A sphere with a cross-section of 4 mm²: 6.02 mm³, in voxels of 0.5 mm³.
  expect(ruleFor(noWishes, manifest, volume)).toEqual({ threshold: 0.4, minVoxelCount: 13 });
});

test('pixels are for pictures, mm³ for volumes, whichever was set', () => {
  const wishes = { threshold: 0.7, smallestPx: 9, smallestMm3: 20 };
  expect(ruleFor(wishes, manifest, picture)).toEqual({ threshold: 0.7, minVoxelCount: 9 });
  expect(ruleFor(wishes, manifest, volume)).toEqual({ threshold: 0.7, minVoxelCount: 40 });
});

test('the size is said in what the wish was made in', () => {
  expect(sizeOf(9, picture)).toEqual({ value: 9, unit: 'px' });
  expect(sizeOf(40, volume)).toEqual({ value: 20, unit: 'mm³' });
});
