import type { Volume, WindowLevel } from '../domain/volume';
import { centreOn, fitted, pan, zoomAt, type Point, type Size, type Viewport } from '../display/viewport';
import { autoWindow, windowPresets, type WindowPreset } from '../display/windowLevel';

/** A lesion picked from the table is shown at least this large. */
const lesionZoom = 2;

/** How one volume is looked at: which slice, which window, which part. */
export class View {
  readonly picture: Size;
  readonly sliceCount: number;
  readonly presets: readonly WindowPreset[];
  readonly #fullWidth: number;
  #k = $state(0);
  #window = $state.raw<WindowLevel>({ center: 0, width: 1 });
  #viewport = $state.raw<Viewport>({ zoom: 1, centre: [0, 0] });

  constructor(volume: Volume) {
    const [ni, nj, nk] = volume.grid.dims;
    this.picture = [ni, nj];
    this.sliceCount = nk;
    this.presets = windowPresets(volume);
    this.#window = autoWindow(volume);
    this.#fullWidth = this.#window.width;
    this.#viewport = fitted(this.picture);
    this.#k = Math.floor((nk - 1) / 2);
  }

  /** Slice on screen, counted from 0. */
  get k() {
    return this.#k;
  }

  get window() {
    return this.#window;
  }

  get viewport() {
    return this.#viewport;
  }

  showSlice(k: number) {
    this.#k = Math.min(this.sliceCount - 1, Math.max(0, k));
  }

  setWindow(window: WindowLevel) {
    this.#window = window;
  }

  /** @param share  of the full range, positive to the right (wider) and downwards (darker) */
  dragWindow([across, down]: Point) {
    const width = Math.max(1 + this.#fullWidth / 1000, this.#window.width + across * this.#fullWidth);
    this.#window = { width, center: this.#window.center + down * this.#fullWidth };
  }

  nextPreset() {
    const at = this.presets.findIndex(({ window }) => isSameWindow(window, this.#window));
    const preset = this.presets[(at + 1) % this.presets.length];
    if (preset) this.#window = preset.window;
  }

  get presetName(): string | undefined {
    return this.presets.find(({ window }) => isSameWindow(window, this.#window))?.name;
  }

  zoom(factor: number, at: Point, screen: Size) {
    this.#viewport = zoomAt(this.#viewport, factor, at, this.picture, screen);
  }

  pan(by: Point, screen: Size) {
    this.#viewport = pan(this.#viewport, by, this.picture, screen);
  }

  fit() {
    this.#viewport = fitted(this.picture);
  }

  centreOn([i, j, k]: readonly [number, number, number]) {
    this.showSlice(Math.round(k));
    // Voxel centres are at whole numbers, the picture's pixel [0, 0] covers 0 to 1.
    this.#viewport = centreOn(this.#viewport, [i + 0.5, j + 0.5], lesionZoom, this.picture);
  }
}

const isSameWindow = (a: WindowLevel, b: WindowLevel) => a.center === b.center && a.width === b.width;
