import { expect, test } from 'vitest';
import { centreOn, fitted, originOf, pan, scaleOf, toPicture, zoomAt, zoomRange, type Size } from './viewport';

const picture: Size = [200, 100];
const screen: Size = [400, 400];

test('a fitted picture is wholly on screen, in the middle', () => {
  const view = fitted(picture);
  const [left, top] = originOf(view, picture, screen);
  const scale = scaleOf(view, picture, screen);
  expect(left).toBeGreaterThanOrEqual(0);
  expect(left + 200 * scale).toBeLessThanOrEqual(400);
  expect(left + 100 * scale).toBeCloseTo(200);
  expect(top + 50 * scale).toBeCloseTo(200);
});

test('zooming keeps the place under the pointer where it is', () => {
  const view = fitted(picture);
  const pointer = [250, 190] as const;
  const before = toPicture(view, picture, screen, pointer);
  const after = toPicture(zoomAt(view, 3, pointer, picture, screen), picture, screen, pointer);
  expect(after[0]).toBeCloseTo(before[0]);
  expect(after[1]).toBeCloseTo(before[1]);
});

test('zooming in and out again by the same factor changes nothing', () => {
  const view = { zoom: 2, centre: [90, 40] as const };
  const back = zoomAt(zoomAt(view, 2, [100, 300], picture, screen), 0.5, [100, 300], picture, screen);
  expect(back.zoom).toBeCloseTo(view.zoom);
  expect(back.centre[0]).toBeCloseTo(90);
  expect(back.centre[1]).toBeCloseTo(40);
});

test('zoom ends at its limits', () => {
  expect(zoomAt(fitted(picture), 1e9, [0, 0], picture, screen).zoom).toBe(zoomRange.largest);
  expect(zoomAt(fitted(picture), 1e-9, [0, 0], picture, screen).zoom).toBe(zoomRange.smallest);
});

test('dragging moves the picture with the pointer', () => {
  const view = { zoom: 4, centre: [100, 50] as const };
  const grabbed = toPicture(view, picture, screen, [200, 200]);
  const dragged = toPicture(pan(view, [30, -10], picture, screen), picture, screen, [230, 190]);
  expect(dragged[0]).toBeCloseTo(grabbed[0]);
  expect(dragged[1]).toBeCloseTo(grabbed[1]);
});

test('the picture cannot be dragged out of sight', () => {
  const { centre } = pan(fitted(picture), [1e6, -1e6], picture, screen);
  expect(centre).toEqual([0, 100]);
});

test('centring on a lesion zooms in but never out', () => {
  expect(centreOn(fitted(picture), [20, 30], 2, picture)).toEqual({ zoom: 2, centre: [20, 30] });
  expect(centreOn({ zoom: 5, centre: [0, 0] }, [20, 30], 2, picture).zoom).toBe(5);
});
