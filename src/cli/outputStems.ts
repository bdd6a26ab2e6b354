/** What each input's outputs are called, so that none overwrites another's, or an input. */
import path from 'node:path';

/** Endings that follow a stem, with a model's id and a page's number between. */
const outputName =
  /^\.(?:.+\.)?(?:mask\.png|probability\.png|json|mask\.nii\.gz|probability\.nii\.gz|seg\.dcm|masks\.zip|lesions\.csv)$/;

/** File systems may ignore case, and may hold one name in two Unicode forms: two such names are one file there. */
const folded = (name: string) => name.normalize('NFC').toLowerCase().normalize('NFC');

/** `scan.p001` beside `scan`: the pages of the second would be called like the first. */
const withoutPage = (stem: string) => stem.replace(/\.p\d+$/, '');

export interface OutputInput {
  /** The stem that its own name asks for. */
  readonly stem: string;
  /** Where it lies; undefined for what lies inside a folder or an archive that was given. */
  readonly folder: string | undefined;
  /** Its file name; with `folder`, what an output must not overwrite. */
  readonly fileName: string;
}

export interface OutputStem {
  readonly stem: string;
  /** The stem that the file's own name asks for. */
  readonly wanted: string;
}

/**
 * A stem for each input, in their order. The first input of a name keeps it; a later one gets the first of
 * `<name>-2`, `<name>-3`, … that no input has. It depends on the names alone, not on which inputs turn out to be readable.
 */
export function outputStems(inputs: readonly OutputInput[], outFolder: string): OutputStem[] {
  const wanted = inputs.map(({ stem }) => stem);
  const asked = new Set(wanted.map(folded));
  const beside = inputs
    .filter(({ folder }) => folder !== undefined && path.resolve(folder) === path.resolve(outFolder))
    .map(({ fileName }) => folded(fileName));
  const given = new Set<string>();
  const givenPageless = new Set<string>();

  const isFree = (stem: string) => {
    const name = folded(stem);
    if (given.has(name) || givenPageless.has(name)) return false;
    if (name !== withoutPage(name) && given.has(withoutPage(name))) return false;
    return !beside.some((file) => file.startsWith(name) && outputName.test(file.slice(name.length)));
  };

  return wanted.map((name) => {
    let stem = name;
    for (let n = 2; !isFree(stem) || (stem !== name && asked.has(folded(stem))); n++) stem = `${name}-${n}`;
    given.add(folded(stem));
    if (folded(stem) !== withoutPage(folded(stem))) givenPageless.add(withoutPage(folded(stem)));
    return { stem, wanted: name };
  });
}
