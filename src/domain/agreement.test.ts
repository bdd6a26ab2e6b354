import { expect, test } from 'vitest';
import { agreementOf, type Marked, placesOf } from './agreement';
import { type Grid, ijk } from './grid';

const grid: Grid = { dims: [10, 1, 1], space: { kind: 'pixels' } };

/** One network's labels along a line of ten pixels. */
function marked(line: string): Marked {
  const labels = Uint16Array.from(line, Number);
  const ids = [...new Set(labels)].filter((id) => id > 0).sort();
  const lesions = ids.map((id) => ({
    ...{ id, voxelCount: labels.filter((label) => label === id).length, centroid: ijk(labels.indexOf(id), 0, 0) },
    ...{ meanProbability: 0.8, maxProbability: 0.9, slices: [0, 0] as const, extent: undefined },
  }));
  return { mask: { grid, labels }, lesions };
}

test('each network’s table says which others found a lesion, and how alike', () => {
  const places = placesOf([marked('1111002200'), marked('0011110000')]);
  expect(agreementOf(places, 0, ['one', 'other'])).toEqual({
    comparedWith: ['other'],
    lesions: new Map([
      [1, { place: 1, foundBy: ['one', 'other'], overlaps: [0.5] }],
      [2, { place: 2, foundBy: ['one'], overlaps: [] }],
    ]),
  });
  expect(agreementOf(places, 1, ['one', 'other'])?.lesions).toEqual(
    new Map([[1, { place: 1, foundBy: ['other', 'one'], overlaps: [0.5] }]]),
  );
});

test('of three networks each pair is compared by itself; two that a third one joins share no voxel', () => {
  const places = placesOf([marked('1100000000'), marked('0111100000'), marked('0001100000')]);
  expect(places).toHaveLength(1);
  const { lesions } = agreementOf(places, 0, ['a', 'b', 'c'])!;
  expect(lesions.get(1)).toEqual({ place: 1, foundBy: ['a', 'b', 'c'], overlaps: [2 / 6, 0] });
});

test('a network that looked alone is compared with none', () => {
  expect(agreementOf(placesOf([marked('1100000000')]), 0, ['one'])).toBe(undefined);
});
