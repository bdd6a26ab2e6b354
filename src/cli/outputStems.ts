/** What each input's outputs are called, so that none overwrites another's, or an input. */
import path from 'node:path';
import { exportEnding, pictureEnding, reportEnding } from '../domain/exportFormat';

const endings = [...Object.values(exportEnding), ...Object.values(pictureEnding), reportEnding];

/** Whether an output could be called so, in lower case. */
export const isOutputName = (name: string) => endings.some((one) => name.endsWith(`.${one}`));

/** Whether this follows a stem in an output's name; a model's id and a page's number may be between. */
const isOutputEnding = (ending: string) => ending.startsWith('.') && isOutputName(ending);

/** File systems may ignore case, and may hold one name in two Unicode forms: two such names are one file there. */
const folded = (name: string) => name.normalize('NFC').toLowerCase().normalize('NFC');

/** `scan.p001` beside `scan`: the pages of the second would be called like the first. */
const withoutPage = (stem: string) => stem.replace(/\.p\d+$/, '');

export interface OutputInput {
  /** The stem that its own name asks for. */
  readonly stem: string;
  /** Its file name, to name it by. */
  readonly fileName: string;
  /** Paths of all files that were given with it, which no output may overwrite. */
  readonly files: readonly string[];
}

export interface OutputStem {
  readonly stem: string;
  /** The stem that the file's own name asks for. */
  readonly wanted: string;
}

/** Each once; of a folder all scans share one list. */
export const inputPaths = (inputs: readonly OutputInput[]): readonly string[] => [
  ...new Set([...new Set(inputs.map(({ files }) => files))].flat()),
];

/**
 * A stem for each input, in their order. The first input of a name keeps it; a later one gets the first of
 * `<name>-2`, `<name>-3`, … that no input has. It depends on the names alone, not on which inputs turn out to be readable.
 */
export function outputStems(inputs: readonly OutputInput[], outFolder: string): OutputStem[] {
  const wanted = inputs.map(({ stem }) => stem);
  const asked = new Set(wanted.map(folded));
  const beside = inputPaths(inputs)
    .filter((file) => path.dirname(path.resolve(file)) === path.resolve(outFolder))
    .map((file) => folded(path.basename(file)));
  const given = new Set<string>();
  const givenPageless = new Set<string>();

  const isFree = (stem: string) => {
    const name = folded(stem);
    if (given.has(name) || givenPageless.has(name)) return false;
    if (name !== withoutPage(name) && given.has(withoutPage(name))) return false;
    return !beside.some((file) => file.startsWith(name) && isOutputEnding(file.slice(name.length)));
  };

  return wanted.map((name) => {
    let stem = name;
    for (let n = 2; !isFree(stem) || (stem !== name && asked.has(folded(stem))); n++) stem = `${name}-${n}`;
    given.add(folded(stem));
    if (folded(stem) !== withoutPage(folded(stem))) givenPageless.add(withoutPage(folded(stem)));
    return { stem, wanted: name };
  });
}
