/** From an argument to the files it stands for: a file with what belongs to it, or everything in a folder. */
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import type { NamedFile } from '../domain/scan';
import { DiskFile } from './diskFile';
import { dataFileOf } from '../pipeline/open';
import { InputError } from './inputError';

/** More than any study has; a wrong folder is noticed before it is read. */
const maximumFiles = 20_000;

export interface InputFiles {
  readonly kind: 'file' | 'folder' | 'archive';
  /** The argument's own file first. Paths are as the argument names them, '/' between. */
  readonly files: readonly NamedFile[];
}

/** @throws InputError for what is neither a file nor a folder, or a folder of too many files; Node's own error */
export async function inputFiles(argument: string): Promise<InputFiles> {
  const stats = await stat(argument);
  if (stats.isDirectory()) return { kind: 'folder', files: await filesIn(argument) };
  // A pipe or a device may never end.
  if (!stats.isFile()) throw new InputError('this is a pipe or a device, not a file');
  const own = await namedFile(argument);
  if (await isZip(own)) return { kind: 'archive', files: [own] };
  return { kind: 'file', files: [own, ...(await companions(own))] };
}

/** By its content: what a PACS sends is often called otherwise. */
async function isZip({ path: name, blob }: NamedFile): Promise<boolean> {
  const start = new TextDecoder('latin1').decode(await blob.slice(0, 4).arrayBuffer());
  return start === 'PK\x03\x04' || /\.zip$/i.test(name);
}

async function filesIn(folder: string): Promise<NamedFile[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  if (files.length > maximumFiles) {
    throw new InputError(
      `this folder holds ${files.length} files; give one with a single study (at most ${maximumFiles})`,
    );
  }
  const paths = files.map((entry) => path.join(entry.parentPath, entry.name)).sort();
  return Promise.all(paths.map(namedFile));
}

/** Header and data of a pair lie beside each other: the one brings the other. */
const pairs: Record<string, readonly string[]> = {
  '.hdr': ['.img', '.img.gz'],
  '.img': ['.hdr'],
  '.mhd': ['.raw', '.zraw', '.raw.gz'],
  '.nhdr': ['.raw', '.raw.gz'],
};

/** Of these the header may name a file of another stem, or in a folder below. */
const namesItsData = ['.mhd', '.mha', '.nhdr', '.nrrd'];

async function companions(own: NamedFile): Promise<NamedFile[]> {
  // As the survey looks for them: by the header's own folder, as it is written, and the name.
  const folder = own.path.slice(0, own.path.lastIndexOf('/') + 1);
  const { name, ext } = path.parse(own.path);
  const named = namesItsData.includes(ext.toLowerCase()) ? await dataFileOf(own) : undefined;
  const wanted = [
    ...(named !== undefined && isBelow(named) ? [named.replace(/^\.\//, '')] : []),
    ...(pairs[ext.toLowerCase()] ?? []).map((ending) => `${name}${ending}`),
  ];
  const found = await Promise.all(wanted.map((one) => onDisk(folder, one)));
  return Promise.all([...new Set(found.flatMap((one) => one ?? []))].map(namedFile));
}

/** A header is no way to any other file of this computer. */
const isBelow = (name: string) =>
  !path.posix.isAbsolute(name) && !path.win32.isAbsolute(name) && !name.split(/[/\\]/).includes('..');

/** The file of this name in whichever case. */
async function onDisk(folder: string, name: string): Promise<string | undefined> {
  const below = `${folder}${name}`;
  const at = below.lastIndexOf('/') + 1;
  const beside = await readdir(below.slice(0, at) || '.', { withFileTypes: true }).catch(() => []);
  const wanted = below.slice(at);
  const files = beside.filter((entry) => !entry.isDirectory()).map((entry) => entry.name);
  const found = files.find((one) => one === wanted) ?? files.find((one) => one.toLowerCase() === wanted.toLowerCase());
  return found === undefined ? undefined : `${below.slice(0, at)}${found}`;
}

export async function namedFile(file: string): Promise<NamedFile> {
  const { size } = await stat(file);
  return { path: file.split(path.sep).join('/'), blob: new DiskFile(file, size) };
}
