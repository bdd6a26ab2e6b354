/** Reader of data set folders, as `training/metsight/data.py` reads them: `index.csv`, `images/`, `masks/`. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { parseCsv } from './csv';
import { InputError } from './inputError';

/** One row of an index. `maskPath` is undefined where the slice has no lesion. */
export interface DataSlice {
  readonly id: string;
  readonly patient: string;
  readonly split: string;
  readonly imagePath: string;
  readonly maskPath: string | undefined;
}

const imageSuffixes = ['.webp', '.png', '.jpg', '.jpeg', '.tif', '.tiff'];

/**
 * Slices of one data set, in the order of its index.
 *
 * A set without `masks/` is tumour-free. With it, an absent mask file means an empty mask only if the index does not
 * promise mask pixels: a lost file must not become a tumour-free slice.
 *
 * @throws InputError what is missing
 */
export function readDataSet(folder: string): DataSlice[] {
  const indexPath = path.join(folder, 'index.csv');
  if (!existsSync(indexPath)) throw new InputError(`${folder}: there is no index.csv in it`);
  const rows = parseCsv(readFileSync(indexPath, 'utf8'));
  const slices = rows.map((row) => dataSlice(folder, row));
  requirePatientsApart(folder, slices);
  return slices;
}

function dataSlice(folder: string, row: Record<string, string>): DataSlice {
  const id = row.id;
  const patient = row.patient_group || row.patient;
  if (!id || !patient) throw new InputError(`${folder}: index.csv must have the columns id and patient in every row`);
  const imagePath = imageSuffixes.map((suffix) => path.join(folder, 'images', id + suffix)).find(existsSync);
  if (imagePath === undefined) throw new InputError(`${folder}: there is no image of slice ${id}`);
  const maskPath = path.join(folder, 'masks', `${id}.png`);
  const hasMask = existsSync(maskPath);
  const promised = Number(row.mask_px || row.mask_px_256 || 0);
  if (promised > 0 && !hasMask) {
    throw new InputError(`${folder}: the index gives slice ${id} ${promised} mask pixels, no mask is there`);
  }
  return { id, patient, split: row.split || 'all', imagePath, maskPath: hasMask ? maskPath : undefined };
}

/** Slices of one patient on both sides of a split would make every figure a lie. */
function requirePatientsApart(folder: string, slices: readonly DataSlice[]) {
  const splitOf = new Map<string, string>();
  for (const { patient, split } of slices) {
    const other = splitOf.get(patient) ?? split;
    if (other !== split) throw new InputError(`${folder}: patient ${patient} is in ${other} and in ${split}`);
    splitOf.set(patient, split);
  }
}
