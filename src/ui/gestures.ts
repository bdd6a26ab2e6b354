/** Mouse, wheel and fingers on a picture. */
import type { Point, Size } from '../display/viewport';
import type { View } from '../study/View.svelte';

export interface GestureTarget {
  readonly view: View;
  /** Space is held: a drag moves the picture. */
  readonly isPanning: () => boolean;
  /** One of several planes: a click moves the others to its place. */
  readonly isLinked: () => boolean;
}

/** A press that moved less than this is a click. */
const clickPx = 4;

/** A wheel notch is about 100; track pads send many small steps. */
const wheelPerSlice = 60;
const wheelPerDoubling = 500;

/** @returns how to stop listening */
export function followGestures(canvas: HTMLCanvasElement, { view, isPanning, isLinked }: GestureTarget): () => void {
  const pointers = new Map<number, Point>();
  let drag: 'window' | 'pan' | undefined;
  /** How far the pointer went since it was pressed. */
  let movedPx = 0;
  let wheel = 0;
  const screen = (): Size => [canvas.clientWidth, canvas.clientHeight];
  const at = (event: MouseEvent): Point => {
    const { left, top } = canvas.getBoundingClientRect();
    return [event.clientX - left, event.clientY - top];
  };

  const listeners = {
    pointerdown(event: PointerEvent) {
      if (event.pointerType !== 'touch') drag = event.button === 1 || isPanning() ? 'pan' : 'window';
      // The middle button would start the browser's own scrolling.
      if (event.button === 1) event.preventDefault();
      canvas.setPointerCapture(event.pointerId);
      movedPx = pointers.size > 0 ? Infinity : 0;
      pointers.set(event.pointerId, at(event));
    },
    pointermove(event: PointerEvent) {
      const from = pointers.get(event.pointerId);
      if (!from) return;
      const to = at(event);
      const by: Point = [to[0] - from[0], to[1] - from[1]];
      movedPx += Math.hypot(...by);
      const [other] = [...pointers].filter(([id]) => id !== event.pointerId).map(([, place]) => place);
      if (other) pinch(from, to, other);
      else if (event.pointerType === 'touch') touchDrag(by);
      else if (drag === 'pan') view.pan(by, screen());
      else view.dragWindow([by[0] / screen()[0], by[1] / screen()[1]]);
      pointers.set(event.pointerId, to);
    },
    pointerup(event: PointerEvent) {
      const isClick = pointers.size === 1 && event.button === 0 && movedPx < clickPx;
      release(event);
      if (isClick && isLinked() && !isPanning()) view.lookAt(at(event), screen());
    },
    pointercancel: release,
    wheel(event: WheelEvent) {
      event.preventDefault();
      if (event.ctrlKey || view.sliceCount === 1) {
        view.zoom(2 ** (-event.deltaY / wheelPerDoubling), at(event), screen());
        return;
      }
      wheel += event.deltaY;
      const slices = Math.trunc(wheel / wheelPerSlice);
      wheel -= slices * wheelPerSlice;
      if (slices !== 0) view.showSlice(view.k + slices);
    },
  };

  function touchDrag(by: Point) {
    if (view.viewport.zoom > 1) view.pan(by, screen());
  }

  /** One of two fingers moved; the place between them stays under them. */
  function pinch(from: Point, to: Point, other: Point) {
    const before = Math.hypot(from[0] - other[0], from[1] - other[1]);
    const after = Math.hypot(to[0] - other[0], to[1] - other[1]);
    view.pan([(to[0] - from[0]) / 2, (to[1] - from[1]) / 2], screen());
    if (before > 0) view.zoom(after / before, [(to[0] + other[0]) / 2, (to[1] + other[1]) / 2], screen());
  }

  function release(event: PointerEvent) {
    pointers.delete(event.pointerId);
  }

  const listening = new AbortController();
  const { signal } = listening;
  canvas.addEventListener('pointerdown', listeners.pointerdown, { signal });
  canvas.addEventListener('pointermove', listeners.pointermove, { signal });
  canvas.addEventListener('pointerup', listeners.pointerup, { signal });
  canvas.addEventListener('pointercancel', listeners.pointercancel, { signal });
  canvas.addEventListener('wheel', listeners.wheel, { signal, passive: false });
  return () => listening.abort();
}
