/** Zoom by keys and buttons: about the middle of the screen. */
import type { Size } from '../display/viewport';
import type { View } from '../study/View.svelte';

const factor = 1.25;

export function zoomStep(view: View, by: 1 | -1, screen: Size) {
  view.zoom(factor ** by, [screen[0] / 2, screen[1] / 2], screen);
}
