/** Everything that was chosen (files, folders, archives) → what can be opened, what cannot and why, what does not matter. */
import type { AssetSource } from '../domain/assets';
import type { PipelineError } from '../domain/errors';
import type { Checkpoint } from '../domain/network';
import type { NamedFile, Scan, Survey } from '../domain/scan';
import type { Warning } from '../domain/warnings';
import { type Account, refuse } from './account';
import { dicomFiles } from './dicomFiles';
import { eachBounded } from './eachBounded';
import {
  claimsToBeAnImage,
  commonFolder,
  type FileKind,
  fileKind,
  folderOf,
  isHidden,
  nameOf,
  stemOf,
} from './fileKind';
import { missingHeader, withData } from './pairs';
import { unzipEntry, zipEntries } from './unzip';

/** Files read at a time: enough to keep a disk busy, few enough to stay small. */
const width = 8;

/** Files between two calls of the checkpoint. */
const stride = 16;

/** One file, as far as it was looked at. */
type Found = { readonly file: NamedFile } & FileKind;

/**
 * Only headers are read. Pictures and volume files become one scan each, DICOM files one for each volume of a series; ZIP
 * archives are unpacked in memory. A file that is no image is refused if it was chosen by itself or its name claims to
 * be one, else ignored; so is what is no MR beside MR in a folder.
 *
 * @param assets  asked for a decoder's program only where an instance is there twice, and its pixels must be compared
 * @throws what `checkpoint` throws
 */
export async function survey(
  files: readonly NamedFile[],
  assets: AssetSource,
  checkpoint: Checkpoint,
): Promise<Survey> {
  const account: Account = { scans: [], refused: [], ignored: [] };
  const { chosen, damaged } = await unpacked(files, account, checkpoint);
  const found = await lookedAt(chosen, account, checkpoint);
  const left = await volumeFiles(found, account);
  await dicomFiles(
    left.filter(({ kind }) => kind === 'dicom').map(({ file }) => file),
    account,
    assets,
    checkpoint,
  );

  const isEmpty = account.scans.length === 0 && account.refused.length === 0;
  for (const one of left) settle(one, isEmpty, account);
  return {
    ...account,
    scans: account.scans.map((scan) => ({ ...scan, warnings: [...scan.warnings, ...archiveWarnings(scan, damaged)] })),
  };
}

/** An archive that was unpacked but for some of its files. */
interface DamagedArchive {
  readonly path: string;
  readonly lostCount: number;
}

interface Unpacked {
  /** Every file, with those of archives in place of the archives. */
  readonly chosen: readonly NamedFile[];
  readonly damaged: readonly DamagedArchive[];
}

async function unpacked(files: readonly NamedFile[], account: Account, checkpoint: Checkpoint): Promise<Unpacked> {
  const chosen: NamedFile[] = [];
  const damaged: DamagedArchive[] = [];
  const root = commonFolder(files.map(({ path }) => path));
  for (const file of files) {
    if (isHidden(file.path.slice(root.length))) {
      account.ignored.push(file.path);
      continue;
    }
    const kind = await fileKind(file).catch((thrown: unknown) => refuse(file.path, thrown, account));
    if (kind?.kind === 'archive') {
      try {
        const lostCount = await unpackInto(chosen, file, account, checkpoint);
        if (lostCount > 0) damaged.push({ path: file.path, lostCount });
      } catch (thrown) {
        refuse(file.path, thrown, account);
      }
    } else if (kind) chosen.push(file);
  }
  return { chosen, damaged };
}

/**
 * A file that cannot be unpacked is refused by its name, and the others are unpacked; where none can, it is the archive
 * that is refused.
 *
 * @returns how many files are refused
 */
async function unpackInto(
  chosen: NamedFile[],
  archive: NamedFile,
  account: Account,
  checkpoint: Checkpoint,
): Promise<number> {
  const entries = await zipEntries(archive.blob);
  const lost: { path: string; thrown: unknown }[] = [];
  let unpackedCount = 0;
  for (const [n, entry] of entries.entries()) {
    if (n % stride === 0) await checkpoint('decode', n, entries.length);
    const path = `${archive.path}/${entry.path}`;
    if (isHidden(entry.path)) account.ignored.push(path);
    else {
      try {
        const { blob } = await unzipEntry(archive.blob, entry);
        chosen.push({ path, blob });
        unpackedCount++;
      } catch (thrown) {
        lost.push({ path, thrown });
      }
    }
  }
  if (unpackedCount === 0 && lost[0]) throw lost[0].thrown;
  for (const { path, thrown } of lost) refuse(path, thrown, account);
  return lost.length;
}

/** A series may lack slices that were lost in its archive, at its ends too, where no gap shows it. */
function archiveWarnings({ kind, files }: Scan, damaged: readonly DamagedArchive[]): readonly Warning[] {
  if (kind !== 'dicom') return [];
  const from = damaged.filter((archive) => files.some(({ path }) => path.startsWith(`${archive.path}/`)));
  return from.map(({ lostCount }) => ({ code: 'archive-damaged', fileCount: lostCount }));
}

async function lookedAt(files: readonly NamedFile[], account: Account, checkpoint: Checkpoint): Promise<Found[]> {
  const found: (Found | undefined)[] = files.map(() => undefined);
  let done = 0;
  await eachBounded(files, width, async (file, index) => {
    if (done++ % stride === 0) await checkpoint('decode', done, files.length);
    try {
      found[index] = { file, ...(await fileKind(file)) };
    } catch (thrown) {
      refuse(file.path, thrown, account);
    }
  });
  return found.filter((one) => one !== undefined);
}

/** Takes pictures and volumes out, with the files of their voxels. @returns what is left */
async function volumeFiles(found: readonly Found[], account: Account): Promise<Found[]> {
  const byPath = new Map(found.map(({ file }) => [file.path.toLowerCase(), file]));
  const taken = new Set<NamedFile>();
  for (const one of found) {
    if (one.kind !== 'picture' && one.kind !== 'volume') continue;
    taken.add(one.file);
    try {
      const files = one.kind === 'volume' ? await withData(one, byPath) : [one.file];
      for (const file of files) taken.add(file);
      account.scans.push(fileScan(one.kind, files, account.scans.length));
    } catch (thrown) {
      refuse(one.file.path, thrown, account);
    }
  }
  return found.filter(({ file }) => !taken.has(file));
}

const fileScan = (kind: 'picture' | 'volume', files: readonly NamedFile[], index: number): Scan => ({
  id: `file-${index + 1}`,
  kind,
  name: nameOf(files[0]!.path),
  stem: stemOf(files[0]!.path),
  files,
  warnings: [],
});

/** A file that is neither a picture nor a volume nor DICOM. */
function settle({ file: { path }, ...one }: Found, isNothingFound: boolean, account: Account): void {
  const error = reasonOf(path, one);
  if (!error) return;
  const isWanted = folderOf(path) === '' || claimsToBeAnImage(path) || error.code === 'archive';
  if (isWanted || isNothingFound) account.refused.push({ path, error });
  else account.ignored.push(path);
}

function reasonOf(path: string, one: FileKind): PipelineError | undefined {
  switch (one.kind) {
    case 'empty':
      return { code: 'empty-file' };
    case 'archive':
      return { code: 'archive', problem: 'it lies within another archive' };
    case 'other':
      return missingHeader(path) ?? { code: 'unsupported-format', found: one.found };
    case 'picture':
    case 'volume':
    case 'dicom':
      return undefined;
  }
}
