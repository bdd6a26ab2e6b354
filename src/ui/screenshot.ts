/** The pictures on screen as one file, as they lie there. */
import type { Download } from '../study/downloads';

/** Canvases that a GPU draws are empty between two frames: whoever owns one draws it anew when this is asked for. */
export const redrawEvent = 'metsight-redraw';

/** @param frame  the element whose canvases are taken */
export async function screenshot(frame: Element, stem: string): Promise<readonly Download[]> {
  const ratio = window.devicePixelRatio;
  const { left, top, width, height } = frame.getBoundingClientRect();
  const canvas = document.createElement('canvas');
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  const context = canvas.getContext('2d');
  if (!context) return [];
  context.scale(ratio, ratio);
  context.fillRect(0, 0, width, height);
  for (const one of frame.querySelectorAll('canvas')) {
    one.dispatchEvent(new Event(redrawEvent));
    const place = one.getBoundingClientRect();
    context.drawImage(one, place.left - left, place.top - top, place.width, place.height);
  }
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, 'image/png'));
  if (!blob) return [];
  return [{ name: `${stem}.view.png`, content: new Uint8Array(await blob.arrayBuffer()), type: 'image/png' }];
}
