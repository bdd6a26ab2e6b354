/** Small pictures of the files that the list shows, decoded one at a time while nothing else is to do. */
import type { OpenedFile } from './OpenedFile.svelte';

export class ThumbnailQueue {
  readonly #isBusy: () => boolean;
  readonly #isKept: (file: OpenedFile) => boolean;
  readonly #wanted = new Set<OpenedFile>();
  #isDrawing = false;

  /** @param isKept  whether a file's pixels stay in memory after its picture is drawn */
  constructor(isBusy: () => boolean, isKept: (file: OpenedFile) => boolean) {
    this.#isBusy = isBusy;
    this.#isKept = isKept;
  }

  want(file: OpenedFile, isWanted: boolean) {
    if (isWanted) this.#wanted.add(file);
    else this.#wanted.delete(file);
    void this.draw();
  }

  clear() {
    this.#wanted.clear();
  }

  async draw() {
    if (this.#isDrawing) return;
    this.#isDrawing = true;
    try {
      for (let file = this.#next(); file && !this.#isBusy(); file = this.#next()) {
        await file.preview();
        this.#wanted.delete(file);
        if (!this.#isKept(file)) file.releaseVolume();
      }
    } finally {
      this.#isDrawing = false;
    }
  }

  #next(): OpenedFile | undefined {
    for (const file of this.#wanted) {
      if (file.state.kind === 'closed' && !file.thumbnail) return file;
    }
    return undefined;
  }
}
