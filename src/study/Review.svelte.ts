import type { Decision } from './decisions';

type Decisions = readonly Decision[];

/** What a person decided on the lesions of one file, with the way back. */
export class Review {
  #decisions = $state.raw<Decisions>([]);
  #past = $state.raw<readonly Decisions[]>([]);
  #future = $state.raw<readonly Decisions[]>([]);

  get decisions() {
    return this.#decisions;
  }

  get canUndo() {
    return this.#past.length > 0;
  }

  get canRedo() {
    return this.#future.length > 0;
  }

  record(decisions: Decisions) {
    this.#past = [...this.#past, this.#decisions];
    this.#future = [];
    this.#decisions = decisions;
  }

  undo() {
    const before = this.#past.at(-1);
    if (!before) return;
    this.#past = this.#past.slice(0, -1);
    this.#future = [...this.#future, this.#decisions];
    this.#decisions = before;
  }

  redo() {
    const after = this.#future.at(-1);
    if (!after) return;
    this.#future = this.#future.slice(0, -1);
    this.#past = [...this.#past, this.#decisions];
    this.#decisions = after;
  }
}
