import { expect, test } from 'vitest';
import { agreement, boundaryPixels, disagreement, paintFill, paintOverlay, type MaskLayer } from './overlay';

const labels = (...rows: string[]) => Uint16Array.from(rows.join(''), (sign) => (sign === '#' ? 1 : 0));
const layer = (mask: Uint16Array, isDashed = false): MaskLayer => ({ labels: mask, colour: [200, 100, 0], isDashed });
const black = (width: number, height: number) => ({
  width,
  height,
  rgba: new Uint8ClampedArray(width * height * 4).map((_, index) => (index % 4 === 3 ? 255 : 0)),
});
const pixel = (rgba: Uint8ClampedArray, index: number) => [...rgba.subarray(4 * index, 4 * index + 4)];

test('the boundary is the ring of pixels that touch the outside by an edge', () => {
  const ring = boundaryPixels(labels('.....', '.###.', '.###.', '.###.', '.....'), 5, 5);
  // prettier-ignore
  expect([...ring]).toEqual([
    0, 0, 0, 0, 0,
    0, 1, 1, 1, 0,
    0, 1, 0, 1, 0,
    0, 1, 1, 1, 0,
    0, 0, 0, 0, 0,
  ]);
});

test('a mask at the picture’s border has its boundary there', () => {
  expect([...boundaryPixels(labels('###', '###', '###'), 3, 3)]).toEqual([1, 1, 1, 1, 0, 1, 1, 1, 1]);
});

test('an outline leaves the inside of the lesion as it was', () => {
  const painted = paintOverlay(black(3, 3), [layer(labels('###', '###', '###'))], 'outline', 1);
  expect(pixel(painted.rgba, 0)).toEqual([200, 100, 0, 255]);
  expect(pixel(painted.rgba, 4)).toEqual([0, 0, 0, 255]);
});

test('a fill tints the inside by 35 percent', () => {
  const painted = paintOverlay(black(3, 3), [layer(labels('###', '###', '###'))], 'fill', 1);
  expect(pixel(painted.rgba, 4)).toEqual([70, 35, 0, 255]);
});

test('at opacity 0 the picture is unchanged', () => {
  const picture = black(3, 3);
  expect(paintOverlay(picture, [layer(labels('###', '###', '###'))], 'fill', 0).rgba).toEqual(picture.rgba);
});

test('what two networks both mark is white', () => {
  const first = layer(labels('##.'));
  const second = { ...layer(labels('.##')), colour: [0, 0, 250] as const };
  expect([...agreement([first, second])]).toEqual([0, 1, 0]);
  const painted = paintOverlay(black(3, 1), [first, second], 'outline', 1);
  expect([0, 1, 2].map((index) => pixel(painted.rgba, index).slice(0, 3))).toEqual([
    [200, 100, 0],
    [255, 255, 255],
    [0, 0, 250],
  ]);
});

test('a dashed outline has gaps', () => {
  const mask = labels('##########');
  const painted = paintOverlay(black(10, 1), [layer(mask, true)], 'outline', 1);
  const drawn = [...mask.keys()].map((index) => painted.rgba[4 * index]! > 0);
  expect(drawn).toContain(true);
  expect(drawn).toContain(false);
});

test('the fill alone is transparent outside the mask', () => {
  const fill = paintFill([layer(labels('#.'))], 2, 1);
  expect(pixel(fill.rgba, 0)).toEqual([200, 100, 0, 89]);
  expect(pixel(fill.rgba, 1)[3]).toBe(0);
});

test('where networks disagree is what one marks and the other does not', () => {
  const layers = [layer(labels('##..')), layer(labels('.##.'), true)];
  expect(disagreement(layers).map((one) => [...one.labels])).toEqual([
    [1, 0, 0, 0],
    [0, 0, 1, 0],
  ]);
  expect(disagreement(layers.slice(0, 1))).toEqual(layers.slice(0, 1));
});
