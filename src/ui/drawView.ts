/** One picture with its masks onto one canvas. */
import type { Contour } from '../display/contour';
import type { Rgb } from '../display/overlay';
import type { Picture } from '../display/paint';
import { originOf, scaleOf, type Size, type Viewport } from '../display/viewport';

export interface Line {
  readonly contours: readonly Contour[];
  readonly colour: Rgb;
  readonly isDashed: boolean;
}

export interface Drawing {
  readonly picture: HTMLCanvasElement;
  /** Of the picture's size, over it. */
  readonly fill: HTMLCanvasElement | undefined;
  readonly lines: readonly Line[];
  /** Of fill and lines, 0 to 1. */
  readonly opacity: number;
}

/** Above this many screen pixels a pixel, smoothing would hide what was measured. */
const smoothUpTo = 6;

const linePx = { width: 1.5, halo: 3.5, dash: [6, 4] } as const;

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

  const { picture } = drawing;
  const size: Size = [picture.width, picture.height];
  const scale = scaleOf(viewport, size, screen);
  const [left, top] = originOf(viewport, size, screen);
  context.imageSmoothingEnabled = scale < smoothUpTo;
  context.imageSmoothingQuality = 'high';
  context.drawImage(picture, left, top, size[0] * scale, size[1] * scale);

  context.globalAlpha = drawing.opacity;
  if (drawing.fill) {
    context.imageSmoothingEnabled = false;
    context.drawImage(drawing.fill, left, top, size[0] * scale, size[1] * scale);
  }
  const paths = drawing.lines.map((line) => ({ ...line, path: pathOf(line.contours, left, top, scale) }));
  context.lineJoin = 'round';
  // A dark halo under all lines holds them on bright rims.
  context.strokeStyle = 'rgb(0 0 0 / 65%)';
  context.lineWidth = linePx.halo;
  for (const { path } of paths) context.stroke(path);
  context.lineWidth = linePx.width;
  for (const { path, colour, isDashed } of paths) {
    context.setLineDash(isDashed ? [...linePx.dash] : []);
    context.strokeStyle = `rgb(${colour.join(' ')})`;
    context.stroke(path);
  }
}

function pathOf(contours: readonly Contour[], left: number, top: number, scale: number): Path2D {
  const path = new Path2D();
  for (const contour of contours) {
    for (let index = 0; index < contour.length; index += 2) {
      const x = left + contour[index]! * scale;
      const y = top + contour[index + 1]! * scale;
      if (index === 0) path.moveTo(x, y);
      else path.lineTo(x, y);
    }
    path.closePath();
  }
  return path;
}
