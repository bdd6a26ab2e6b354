/** The pictures on screen as one, as they lie there. */

/** Canvases that a GPU draws are empty between two frames: whoever owns one draws it anew when this is asked for. */
export const redrawEvent = 'metsight-redraw';

/** @param frame  the element whose canvases are taken; undefined where this browser draws nothing */
export function screenshot(frame: Element) {
  const ratio = window.devicePixelRatio;
  const { left, top, width, height } = frame.getBoundingClientRect();
  const canvas = document.createElement('canvas');
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  const context = canvas.getContext('2d');
  if (!context) return undefined;
  context.scale(ratio, ratio);
  context.fillRect(0, 0, width, height);
  for (const one of frame.querySelectorAll('canvas')) {
    one.dispatchEvent(new Event(redrawEvent));
    const place = one.getBoundingClientRect();
    context.drawImage(one, place.left - left, place.top - top, place.width, place.height);
  }
  const { data: rgba } = context.getImageData(0, 0, canvas.width, canvas.height);
  return { width: canvas.width, height: canvas.height, rgba };
}
