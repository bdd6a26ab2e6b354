/** Reader of data set folders, as `training/metsight/data.py` reads them: `index.csv`, `images/`, `masks/`. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseCsv } from './csv';
import { InputError } from './inputError';

/** Columns by which figures are also reported. */
export const facetNames = ['view', 'label', 'site'] as const;
/** The split of slices whose index parts none. */
export const unsplit = 'all';
export type Facet = (typeof facetNames)[number];

/** One row of an index. `maskPath` is undefined where the slice has no lesion. */
export interface DataSlice {
  /** The folder's name. */
  readonly set: string;
  readonly id: string;
  readonly patient: string;
  /** `unsplit` where the index has no such column. */
  readonly split: string;
  readonly imagePath: string;
  readonly maskPath: string | undefined;
  /** Which view, tumour type or site, as far as the index says it. */
  readonly facets: Readonly<Partial<Record<Facet, string>>>;
  /** Millimetres a pixel. */
  readonly spacingMm: number | undefined;
}

const imageSuffixes = ['.webp', '.png', '.jpg', '.jpeg', '.tif', '.tiff'];
/** Lossless ones; `training/metsight/data.py` has the same. */
const maskSuffixes = ['.png', '.webp', '.tif', '.tiff'];

/** Of sets whose index does not say it: `training/metsight/provenance.py`. */
const knownSpacingMm: Readonly<Record<string, number>> = { 't1ce-primary': 0.98, 't1ce-glioma': 1, 'flair-glioma': 1 };

/** The network's picture: so many pixels a side, of so many millimetres (`training/metsight/preprocess.py`). */
const networkPicture = { sidePx: 256, pixelMm: 0.94 };

/** The tissue source site is part of a TCGA patient's id. */
const tcgaSite = /^TCGA[-_]([A-Z0-9]{2})[-_]/;

const isDataSet = (folder: string) => existsSync(path.join(folder, 'index.csv'));

/**
 * `root` itself where it is a data set, else the named ones in it.
 *
 * @param names  empty: those of `otherwise` that are there
 * @throws InputError what is missing
 */
export function dataSetFolders(root: string, names: readonly string[], otherwise: readonly string[]): string[] {
  if (isDataSet(root)) {
    if (names.length > 0) throw new InputError(`${root}: it is a data set itself, so --set has nothing to choose from`);
    return [root];
  }
  const inRoot = (name: string) => path.join(root, name);
  const lost = names.find((name) => !isDataSet(inRoot(name)));
  if (lost !== undefined) throw new InputError(`${root}: there is no data set ${lost} in it`);
  const folders = (
    names.length > 0 ? [...new Set(names)] : [...new Set(otherwise)].filter((n) => isDataSet(inRoot(n)))
  ).map(inRoot);
  if (folders.length === 0) {
    throw new InputError(`${root}: there is no index.csv in it, and none of the sets trained on (choose with --set)`);
  }
  return folders;
}

/**
 * Slices of one data set, in the order of its index.
 *
 * A set without `masks/` is tumour-free. With it, an absent mask file means an empty mask only if the index does not
 * promise mask pixels, and every file in it must be of a slice: a lost or misnamed mask must not become a tumour-free
 * slice.
 *
 * @throws InputError what is missing, or too much
 */
export function readDataSet(folder: string): DataSlice[] {
  const indexPath = path.join(folder, 'index.csv');
  if (!existsSync(indexPath)) throw new InputError(`${folder}: there is no index.csv in it`);
  const set = path.basename(path.resolve(folder));
  const rows = parseCsv(readFileSync(indexPath, 'utf8'));
  const masks = maskPaths(folder, new Set(rows.map(({ id }) => id)));
  const slices = rows.map((row) => dataSlice(folder, set, row, masks));
  requirePatientsApart(folder, slices);
  return slices;
}

/** By slice. Hidden files are not of the set. */
function maskPaths(folder: string, ids: ReadonlySet<string | undefined>): ReadonlyMap<string, string> {
  const paths = new Map<string, string>();
  const inFolder = path.join(folder, 'masks');
  for (const name of existsSync(inFolder) ? readdirSync(inFolder).sort() : []) {
    if (name.startsWith('.')) continue;
    const { name: id, ext } = path.parse(name);
    if (!maskSuffixes.includes(ext) || !ids.has(id)) {
      const wanted = `<id of the index> and one of ${maskSuffixes.join(', ')}`;
      throw new InputError(`${folder}: masks/${name} is of no slice: must be ${wanted}`);
    }
    const other = paths.get(id);
    if (other !== undefined) {
      throw new InputError(`${folder}: slice ${id} has two masks, ${path.basename(other)} and ${name}`);
    }
    paths.set(id, path.join(inFolder, name));
  }
  return paths;
}

function dataSlice(
  folder: string,
  set: string,
  row: Record<string, string>,
  masks: ReadonlyMap<string, string>,
): DataSlice {
  const id = row.id;
  const patient = row.patient_group || row.patient;
  if (!id || !patient) throw new InputError(`${folder}: index.csv must have the columns id and patient in every row`);
  const imagePath = imageSuffixes.map((suffix) => path.join(folder, 'images', id + suffix)).find(existsSync);
  if (imagePath === undefined) throw new InputError(`${folder}: there is no image of slice ${id}`);
  const maskPath = masks.get(id);
  const promised = Number(row.mask_px || row.mask_px_256 || 0);
  if (promised > 0 && maskPath === undefined) {
    throw new InputError(`${folder}: the index gives slice ${id} ${promised} mask pixels, no mask is there`);
  }
  const spacingMm = row.spacing_mm ? Number(row.spacing_mm) : knownSpacingMm[set];
  if (spacingMm !== undefined && !(spacingMm > 0)) {
    throw new InputError(`${folder}: spacing_mm of slice ${id} must be above 0, received ${row.spacing_mm}`);
  }
  return { set, id, patient, split: row.split || unsplit, imagePath, maskPath, facets: facetsOf(row), spacingMm };
}

function facetsOf(row: Record<string, string>): DataSlice['facets'] {
  const site = tcgaSite.exec(row.patient ?? '')?.[1];
  const said = facetNames.filter((name) => row[name]).map((name) => [name, row[name]!] as const);
  return { ...(site === undefined ? {} : { site }), ...Object.fromEntries(said) };
}

/** The side of a slice's pixel; where it is not known, as if the longer side were the network's 256 pixels of 0.94 mm. */
export const pixelMm = ({ spacingMm }: DataSlice, { cols, rows }: { readonly cols: number; readonly rows: number }) =>
  spacingMm ?? (networkPicture.pixelMm * networkPicture.sidePx) / Math.max(cols, rows);

/** Slices of one patient on both sides of a split would make every figure a lie. */
function requirePatientsApart(folder: string, slices: readonly DataSlice[]) {
  const splitOf = new Map<string, string>();
  for (const { patient, split } of slices) {
    const other = splitOf.get(patient) ?? split;
    if (other !== split) throw new InputError(`${folder}: patient ${patient} is in ${other} and in ${split}`);
    splitOf.set(patient, split);
  }
}
