/** Two networks on the same slices: what both find, what only one finds. `training/metsight/agreement.py`. */
import { sizeClasses, type SizeClass } from '../../models/measured';
import { counts, diceFromCounts, sizeClass, trueLesions } from './metrics';
import { summary, type Summary } from './scores';

interface Who {
  both: number;
  onlyFirst: number;
  onlySecond: number;
  neither: number;
}

export interface Agreement {
  readonly set: string;
  readonly split: string;
  /** Who found how many true lesions, by size. */
  readonly lesions: Readonly<Record<SizeClass | 'all', Readonly<Who>>>;
  /** Who marked anything on how many tumour-free slices. */
  readonly tumourFreeTouched: Readonly<Who>;
  /** Of the two masks, over slices where either marks anything. */
  readonly diceBetween: Summary;
}

const nobody = (): Who => ({ both: 0, onlyFirst: 0, onlySecond: 0, neither: 0 });

const who = (first: boolean, second: boolean) =>
  first ? (second ? 'both' : 'onlyFirst') : second ? 'onlySecond' : 'neither';

export class AgreementTally {
  readonly #lesions = {
    ...(Object.fromEntries(sizeClasses.map((name) => [name, nobody()])) as Record<SizeClass, Who>),
    all: nobody(),
  };
  readonly #free = nobody();
  readonly #dices: number[] = [];

  /** Component labels of two predictions and the truth, of one grid. @param pixelMm  the side of a pixel */
  add(first: Uint16Array, second: Uint16Array, truth: Uint16Array, pixelMm: number) {
    const marked = [first, second].map((labels) => labels.some((label) => label > 0));
    if (marked[0] || marked[1]) this.#dices.push(diceFromCounts(counts(first, second)));
    if (!truth.some((label) => label > 0)) this.#free[who(marked[0]!, marked[1]!)]++;
    const [byFirst, bySecond] = [trueLesions(truth, first), trueLesions(truth, second)];
    byFirst.forEach(({ areaPx, isFound }, n) => {
      const finder = who(isFound, bySecond[n]!.isFound);
      this.#lesions[sizeClass(areaPx, pixelMm)][finder]++;
      this.#lesions.all[finder]++;
    });
  }

  figures(set: string, split: string): Agreement {
    return { set, split, lesions: this.#lesions, tumourFreeTouched: this.#free, diceBetween: summary(this.#dices) };
  }
}
