import { expect, test } from 'vitest';
import { ijk, type Grid } from '../domain/grid';
import type { Architecture } from '../models/manifest';
import { groupLesions, type NetworkLesions } from './agreement';

const grid: Grid = { dims: [10, 1, 1], space: { kind: 'pixels' } };

/** One network's labels along a line of ten pixels. */
function marked(architecture: Architecture, line: string): NetworkLesions {
  const labels = Uint16Array.from(line, Number);
  const ids = [...new Set(labels)].filter((id) => id > 0).sort();
  const lesions = ids.map((id) => ({
    id,
    voxelCount: labels.filter((label) => label === id).length,
    centroid: ijk(labels.indexOf(id), 0, 0),
    meanProbability: 0.8,
    maxProbability: 0.9,
    slices: [0, 0] as const,
    extent: undefined,
  }));
  return { architecture, mask: { grid, labels }, lesions };
}

const named = (networks: readonly NetworkLesions[]) =>
  groupLesions(networks).map(({ members }) =>
    members.map(({ architecture, lesion }) => `${architecture} ${lesion.id}`),
  );

test('one network alone: each lesion is a group of its own, numbered as it is', () => {
  const groups = groupLesions([marked('nested-unet', '1110022003')]);
  expect(groups.map(({ id, members }) => [id, members[0]!.lesion.id])).toEqual([
    [1, 1],
    [2, 2],
    [3, 3],
  ]);
});

test('lesions that share a pixel are one place', () => {
  expect(named([marked('nested-unet', '1110000200'), marked('attention-unet', '0011000000')])).toEqual([
    ['nested-unet 1', 'attention-unet 1'],
    ['nested-unet 2'],
  ]);
});

test('neighbours that share no pixel are two places', () => {
  expect(named([marked('nested-unet', '1110000000'), marked('attention-unet', '0001100000')])).toHaveLength(2);
});

test('a lesion that bridges two of the other network joins them', () => {
  expect(named([marked('nested-unet', '1110220000'), marked('attention-unet', '0011110000')])).toEqual([
    ['nested-unet 1', 'nested-unet 2', 'attention-unet 1'],
  ]);
});

test('places are ordered by their largest lesion, whichever network marked it', () => {
  expect(named([marked('nested-unet', '1100000000'), marked('attention-unet', '0000111100')])).toEqual([
    ['attention-unet 1'],
    ['nested-unet 1'],
  ]);
});

test('no lesions, no places', () => {
  expect(groupLesions([])).toEqual([]);
  expect(named([marked('nested-unet', '0000000000'), marked('attention-unet', '0000000000')])).toEqual([]);
});

test('the overlap of a place is the Dice of both networks’ voxels in it', () => {
  const [shared, lonely] = groupLesions([marked('nested-unet', '1111000220'), marked('attention-unet', '0011110000')]);
  expect(shared!.overlap).toBeCloseTo((2 * 2) / 8);
  expect(lonely!.overlap).toBeUndefined();
  const [three] = groupLesions([marked('nested-unet', '1110222000'), marked('attention-unet', '0111110000')]);
  expect(three!.overlap).toBeCloseTo((2 * 4) / 11);
});
