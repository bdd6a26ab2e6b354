/** What part of a picture is on screen, and where. */

export type Size = readonly [width: number, height: number];
export type Point = readonly [x: number, y: number];

/** Shared by linked views of one picture, whatever their sizes on screen. */
export interface Viewport {
  /** 1: the whole picture fits. */
  readonly zoom: number;
  /** The place of the picture, in its pixels, that is in the middle of the screen. */
  readonly centre: Point;
}

export const zoomRange = { smallest: 0.5, largest: 32 } as const;

/** Share of the view that a fitted picture fills: room for what is written in the corners. */
const fitShare = 0.92;

export function fitted([width, height]: Size): Viewport {
  return { zoom: 1, centre: [width / 2, height / 2] };
}

/** Screen pixels per picture pixel. */
export function scaleOf({ zoom }: Viewport, picture: Size, screen: Size): number {
  return zoom * fitShare * Math.min(screen[0] / picture[0], screen[1] / picture[1]);
}

/** Where the picture's top left corner is on screen. */
export function originOf(viewport: Viewport, picture: Size, screen: Size): Point {
  const scale = scaleOf(viewport, picture, screen);
  return [screen[0] / 2 - viewport.centre[0] * scale, screen[1] / 2 - viewport.centre[1] * scale];
}

export function toPicture(viewport: Viewport, picture: Size, screen: Size, [x, y]: Point): Point {
  const scale = scaleOf(viewport, picture, screen);
  const [left, top] = originOf(viewport, picture, screen);
  return [(x - left) / scale, (y - top) / scale];
}

const clamp = (value: number, low: number, high: number) => Math.min(high, Math.max(low, value));

/** The middle of the screen always shows a place of the picture, so it cannot be lost. */
function within(zoom: number, [x, y]: Point, [width, height]: Size): Viewport {
  return { zoom, centre: [clamp(x, 0, width), clamp(y, 0, height)] };
}

/** The place under `at` (screen pixels) stays where it is. */
export function zoomAt(viewport: Viewport, factor: number, at: Point, picture: Size, screen: Size): Viewport {
  const zoom = clamp(viewport.zoom * factor, zoomRange.smallest, zoomRange.largest);
  const fixed = toPicture(viewport, picture, screen, at);
  const ratio = viewport.zoom / zoom;
  return within(
    zoom,
    [fixed[0] + (viewport.centre[0] - fixed[0]) * ratio, fixed[1] + (viewport.centre[1] - fixed[1]) * ratio],
    picture,
  );
}

/** @param by  how far the picture moves, in screen pixels */
export function pan(viewport: Viewport, by: Point, picture: Size, screen: Size): Viewport {
  const scale = scaleOf(viewport, picture, screen);
  return within(viewport.zoom, [viewport.centre[0] - by[0] / scale, viewport.centre[1] - by[1] / scale], picture);
}

/** Brings a place of the picture to the middle; zooms in only as far as `zoom`, never out. */
export function centreOn(viewport: Viewport, place: Point, zoom: number, picture: Size): Viewport {
  return within(Math.max(viewport.zoom, zoom), place, picture);
}
