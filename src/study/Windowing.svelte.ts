import type { Volume, WindowLevel } from '../domain/volume';
import type { Point } from '../display/viewport';
import { autoWindow, windowPresets, type WindowPreset } from '../display/windowLevel';

/** Which intensities of one volume are shown as black and as white: the same in all its planes. */
export class Windowing {
  readonly presets: readonly WindowPreset[];
  readonly #fullWidth: number;
  #window = $state.raw<WindowLevel>({ center: 0, width: 1 });

  constructor(volume: Volume) {
    this.presets = windowPresets(volume);
    this.#window = autoWindow(volume);
    this.#fullWidth = this.#window.width;
  }

  get window() {
    return this.#window;
  }

  get presetName(): string | undefined {
    return this.presets.find(({ window }) => isSameWindow(window, this.#window))?.name;
  }

  set(window: WindowLevel) {
    this.#window = window;
  }

  /** @param share  of the full range, positive to the right (wider) and downwards (darker) */
  drag([across, down]: Point) {
    const width = Math.max(1 + this.#fullWidth / 1000, this.#window.width + across * this.#fullWidth);
    this.#window = { width, center: this.#window.center + down * this.#fullWidth };
  }

  nextPreset() {
    const at = this.presets.findIndex(({ window }) => isSameWindow(window, this.#window));
    const preset = this.presets[(at + 1) % this.presets.length];
    if (preset) this.#window = preset.window;
  }
}

const isSameWindow = (a: WindowLevel, b: WindowLevel) => a.center === b.center && a.width === b.width;
