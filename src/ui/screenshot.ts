/** The pictures on screen as one, as they lie there, with the letters of where the patient's sides are and whose masks they show. */
import type { Rgb } from '../display/overlay';

/** Canvases that a GPU draws are empty between two frames: whoever owns one draws it anew when this is asked for. */
export const redrawEvent = 'metsight-redraw';

/** Under the pictures, so that it covers none of them. */
export interface CaptionLine {
  readonly text: string;
  /** Of the outlines that the line is about. */
  readonly colour?: Rgb | undefined;
}

/** CSS pixels. */
const caption = { line: 18, margin: 10, swatch: 16, font: '12px system-ui, sans-serif' } as const;

/** @param frame  the element whose canvases, and letters beside them, are taken; undefined where this browser draws nothing */
export function screenshot(frame: Element, lines: readonly CaptionLine[]) {
  const ratio = window.devicePixelRatio;
  const { left, top, width, height } = frame.getBoundingClientRect();
  const captionHeight = lines.length * caption.line + caption.margin;
  const canvas = document.createElement('canvas');
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round((height + captionHeight) * ratio);
  const context = canvas.getContext('2d');
  if (!context) return undefined;
  context.scale(ratio, ratio);
  context.fillRect(0, 0, width, height + captionHeight);
  for (const one of frame.querySelectorAll('canvas')) {
    one.dispatchEvent(new Event(redrawEvent));
    const place = one.getBoundingClientRect();
    context.drawImage(one, place.left - left, place.top - top, place.width, place.height);
  }
  context.textBaseline = 'middle';
  for (const one of frame.querySelectorAll('[data-burned-in]')) {
    const place = one.getBoundingClientRect();
    burnIn(context, one.textContent ?? '', place.left - left + place.width / 2, place.top - top + place.height / 2);
  }
  lines.forEach((line, n) => writeLine(context, line, height + caption.line * (n + 0.5) + caption.margin / 2, width));
  const { data: rgba } = context.getImageData(0, 0, canvas.width, canvas.height);
  return { width: canvas.width, height: canvas.height, rgba };
}

/** White with a dark rim: it lies on the picture, which may be of any grey. */
function burnIn(context: CanvasRenderingContext2D, text: string, x: number, y: number) {
  context.font = '600 13px system-ui, sans-serif';
  context.textAlign = 'center';
  context.lineWidth = 3;
  context.strokeStyle = '#000';
  context.strokeText(text, x, y);
  context.fillStyle = '#fff';
  context.fillText(text, x, y);
}

function writeLine(context: CanvasRenderingContext2D, { text, colour }: CaptionLine, y: number, width: number) {
  const indent = colour ? caption.swatch + 6 : 0;
  if (colour) {
    context.fillStyle = `rgb(${colour.join(' ')})`;
    context.fillRect(caption.margin, y - 1, caption.swatch, 2);
  }
  context.font = caption.font;
  context.textAlign = 'left';
  context.fillStyle = '#e6e8ea';
  context.fillText(text, caption.margin + indent, y, width - 2 * caption.margin - indent);
}
