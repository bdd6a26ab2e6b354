/** One picture with its masks onto one canvas. */
import type { Contour } from '../display/contour';
import type { Rgb } from '../display/overlay';
import type { Picture } from '../display/paint';
import { originOf, scaleOf, type Point, type Size, type Viewport } from '../display/viewport';

export interface Line {
  readonly contours: readonly Contour[];
  readonly colour: Rgb;
  readonly dash: readonly number[];
}

export interface Drawing {
  readonly picture: HTMLCanvasElement;
  /** Width and height of a pixel, the smaller one 1. */
  readonly pixel: Size;
  /** Of the picture's size, over it. */
  readonly fill: HTMLCanvasElement | undefined;
  readonly lines: readonly Line[];
  /** Of fill and lines, 0 to 1. */
  readonly opacity: number;
  /** Where the other planes cut this one, in the extent. */
  readonly crosshair: Point | undefined;
}

/** Above this many screen pixels a pixel, smoothing would hide what was measured. */
const smoothUpTo = 6;

const linePx = { width: 1.5, halo: 3.5 } as const;

/** Screen pixels of line and gap. */
export const dashes = { solid: [], dashed: [6, 4], dotted: [2, 3] } as const;

/** The middle stays free: there is what one looks at. */
const crosshairPx = { gap: 12, width: 1 } as const;
const crosshairColour = 'rgb(124 196 255 / 75%)';

export function toCanvas({ width, height, rgba }: Picture): HTMLCanvasElement {
  const canvas = document.createElement('canvas');
  canvas.width = width;
  canvas.height = height;
  canvas.getContext('2d')?.putImageData(new ImageData(rgba, width, height), 0, 0);
  return canvas;
}

/** @param screen  the canvas's size in CSS pixels */
export function drawView(canvas: HTMLCanvasElement, screen: Size, viewport: Viewport, drawing: Drawing) {
  const context = canvas.getContext('2d');
  if (!context || screen[0] === 0 || screen[1] === 0) return;
  const ratio = window.devicePixelRatio;
  canvas.width = Math.round(screen[0] * ratio);
  canvas.height = Math.round(screen[1] * ratio);
  context.scale(ratio, ratio);

  const { picture, pixel } = drawing;
  const extent: Size = [picture.width * pixel[0], picture.height * pixel[1]];
  const scale = scaleOf(viewport, extent, screen);
  const [left, top] = originOf(viewport, extent, screen);
  context.imageSmoothingEnabled = scale < smoothUpTo;
  context.imageSmoothingQuality = 'high';
  context.drawImage(picture, left, top, extent[0] * scale, extent[1] * scale);

  context.globalAlpha = drawing.opacity;
  if (drawing.fill) {
    context.imageSmoothingEnabled = false;
    context.drawImage(drawing.fill, left, top, extent[0] * scale, extent[1] * scale);
  }
  const steps: Point = [pixel[0] * scale, pixel[1] * scale];
  const paths = drawing.lines.map((line) => ({ ...line, path: pathOf(line.contours, [left, top], steps) }));
  context.lineJoin = 'round';
  // A dark halo under all lines holds them on bright rims.
  context.strokeStyle = 'rgb(0 0 0 / 65%)';
  context.lineWidth = linePx.halo;
  for (const { path } of paths) context.stroke(path);
  context.lineWidth = linePx.width;
  for (const { path, colour, dash } of paths) {
    context.setLineDash([...dash]);
    context.strokeStyle = `rgb(${colour.join(' ')})`;
    context.stroke(path);
  }

  if (drawing.crosshair) {
    const [x, y] = drawing.crosshair;
    context.globalAlpha = 1;
    context.setLineDash([]);
    drawCrosshair(context, [left + x * scale, top + y * scale], screen);
  }
}

function pathOf(contours: readonly Contour[], [left, top]: Point, [across, down]: Point): Path2D {
  const path = new Path2D();
  for (const contour of contours) {
    for (let index = 0; index < contour.length; index += 2) {
      const x = left + contour[index]! * across;
      const y = top + contour[index + 1]! * down;
      if (index === 0) path.moveTo(x, y);
      else path.lineTo(x, y);
    }
    path.closePath();
  }
  return path;
}

function drawCrosshair(context: CanvasRenderingContext2D, [x, y]: Point, [width, height]: Size) {
  const { gap } = crosshairPx;
  const path = new Path2D();
  const line = (from: Point, to: Point) => {
    path.moveTo(...from);
    path.lineTo(...to);
  };
  line([0, y], [x - gap, y]);
  line([x + gap, y], [width, y]);
  line([x, 0], [x, y - gap]);
  line([x, y + gap], [x, height]);
  context.strokeStyle = crosshairColour;
  context.lineWidth = crosshairPx.width;
  context.stroke(path);
}
