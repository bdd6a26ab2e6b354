import type { WindowLevel } from '../domain/volume';
import { extentOf, toGridPlace, toPicturePlace, type GridPlace, type Slicing } from '../display/slicing';
import { centreOn, fitted, pan, toPicture, zoomAt, type Point, type Size, type Viewport } from '../display/viewport';
import type { Cursor } from './Cursor.svelte';
import type { Windowing } from './Windowing.svelte';

/** A lesion picked from the table is shown at least this large. */
const lesionZoom = 2;

/** How the slices of one plane are looked at: which slice, which window, which part. */
export class View {
  readonly slicing: Slicing;
  readonly #cursor: Cursor;
  readonly #windowing: Windowing;
  #viewport = $state.raw<Viewport>({ zoom: 1, centre: [0, 0] });

  constructor(slicing: Slicing, cursor: Cursor, windowing: Windowing) {
    this.slicing = slicing;
    this.#cursor = cursor;
    this.#windowing = windowing;
    this.#viewport = fitted(this.extent);
  }

  /** In pixels. */
  get picture(): Size {
    return this.slicing.picture;
  }

  /** As it is drawn: what the viewport is in. */
  get extent(): Size {
    return extentOf(this.slicing);
  }

  get sliceCount() {
    return this.slicing.sliceCount;
  }

  /** Slice on screen, counted from 0. */
  get k() {
    return toPicturePlace(this.slicing, this.#cursor.place)[2];
  }

  /** Where the voxel that is looked at is drawn, in the extent. */
  get crosshair(): Point {
    return this.#inExtent(this.#cursor.place);
  }

  get window() {
    return this.#windowing.window;
  }

  get presets() {
    return this.#windowing.presets;
  }

  get presetName() {
    return this.#windowing.presetName;
  }

  get viewport() {
    return this.#viewport;
  }

  showSlice(k: number) {
    const [col, row] = toPicturePlace(this.slicing, this.#cursor.place);
    this.#cursor.moveTo(toGridPlace(this.slicing, [col, row, Math.min(this.sliceCount - 1, Math.max(0, k))]));
  }

  setWindow(window: WindowLevel) {
    this.#windowing.set(window);
  }

  /** @param share  of the full range, positive to the right (wider) and downwards (darker) */
  dragWindow(share: Point) {
    this.#windowing.drag(share);
  }

  nextPreset() {
    this.#windowing.nextPreset();
  }

  zoom(factor: number, at: Point, screen: Size) {
    this.#viewport = zoomAt(this.#viewport, factor, at, this.extent, screen);
  }

  pan(by: Point, screen: Size) {
    this.#viewport = pan(this.#viewport, by, this.extent, screen);
  }

  fit() {
    this.#viewport = fitted(this.extent);
  }

  /** Looks at the voxel under a place of the screen: the other planes go there. */
  lookAt(at: Point, screen: Size) {
    const [x, y] = toPicture(this.#viewport, this.extent, screen, at);
    const [width, height] = this.slicing.pixel;
    this.#cursor.moveTo(toGridPlace(this.slicing, [Math.floor(x / width), Math.floor(y / height), this.k]));
  }

  /** Goes to a place of the Grid and brings it to the middle. */
  centreOn(place: GridPlace) {
    this.#cursor.moveTo(place);
    this.#viewport = centreOn(this.#viewport, this.#inExtent(place), lesionZoom, this.extent);
  }

  #inExtent(place: GridPlace): Point {
    const [col, row] = toPicturePlace(this.slicing, place);
    const [width, height] = this.slicing.pixel;
    // Voxel centres are at whole numbers, the picture's pixel [0, 0] covers 0 to 1.
    return [(col + 0.5) * width, (row + 0.5) * height];
  }
}
