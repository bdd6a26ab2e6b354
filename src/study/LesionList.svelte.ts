import { groupLesions, type LesionGroup } from './agreement';
import { answersOf, verdictOn, type Answer } from './answers';
import { decide, type Verdict } from './decisions';
import type { Finding } from './Finding.svelte';
import { firstOrder, inOrder, nextOrder, type LesionColumn, type LesionOrder } from './lesionOrder';
import type { OpenedFile } from './OpenedFile.svelte';

/** What is on screen, asked each time it may have changed. */
export interface OnScreen {
  readonly file: OpenedFile | undefined;
  /** Of the networks that the user looks at. */
  readonly findings: readonly Finding[];
}

/** The lesions of the file on screen: in which order, which one is looked at, and what a person decided on them. */
export class LesionList {
  readonly #onScreen: () => OnScreen;
  #selectedId = $state<number>();
  #order = $state.raw<LesionOrder>(firstOrder);

  /** Of the masks alone: a decision changes no group, so lesions keep their numbers. */
  readonly #all = $derived.by(() =>
    groupLesions(
      this.#onScreen().findings.flatMap(({ architecture, state }) =>
        state.kind === 'segmented' ? [{ architecture, ...state.outline }] : [],
      ),
    ),
  );
  readonly #groups = $derived.by(() => inOrder(this.#all, this.#order));

  constructor(onScreen: () => OnScreen) {
    this.#onScreen = onScreen;
  }

  /** What the networks answered, as reviewed. */
  get answers(): readonly Answer[] {
    const { file, findings } = this.#onScreen();
    return answersOf(findings, file?.review.decisions ?? []);
  }

  /** Lesions of the chosen networks, the same place in one group, in the table's order. */
  get groups(): readonly LesionGroup[] {
    return this.#groups;
  }

  get selected(): LesionGroup | undefined {
    return this.#groups.find(({ id }) => id === this.#selectedId);
  }

  get order() {
    return this.#order;
  }

  sortBy(column: LesionColumn) {
    this.#order = nextOrder(this.#order, column);
  }

  select(group: LesionGroup) {
    const [member] = group.members;
    this.#selectedId = group.id;
    if (member) this.#onScreen().file?.views?.centreOn(member.lesion.centroid);
  }

  unselect() {
    this.#selectedId = undefined;
  }

  /**
   * For when all is closed. What nothing on the page reads keeps its last value, and what that was made of, until it is
   * read again (Svelte's `$derived`): without this the masks of a closed study would stay in memory.
   */
  clear() {
    this.unselect();
    void this.#groups;
  }

  /** @param by  +1 next lesion of the table, −1 the one before; from the ends it goes round */
  step(by: 1 | -1) {
    const { length } = this.#groups;
    const at = this.#groups.findIndex(({ id }) => id === this.#selectedId);
    const from = at < 0 && by < 0 ? 0 : at;
    const group = this.#groups[(from + by + length) % length];
    if (group) this.select(group);
  }

  verdictOn(group: LesionGroup): Verdict | undefined {
    return verdictOn(group, this.answers);
  }

  /** Accepts or rejects every lesion of the place; the same verdict again takes it back. */
  decide(group: LesionGroup, verdict: Verdict) {
    const review = this.#onScreen().file?.review;
    if (!review) return;
    const { answers } = this;
    const next = verdictOn(group, answers) === verdict ? undefined : verdict;
    const decisions = group.members.reduce((before, { architecture, lesion }) => {
      const segmented = answers.find((answer) => answer.architecture === architecture)?.segmented;
      if (!segmented) return before;
      return decide(before, architecture, lesion, { mask: segmented.outline.mask, map: segmented.map }, next);
    }, review.decisions);
    review.record(decisions);
  }

  undo() {
    this.#onScreen().file?.review.undo();
  }

  redo() {
    this.#onScreen().file?.review.redo();
  }
}
