/** From an argument to the files it stands for: a file with what belongs to it, or everything in a folder. */
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import type { NamedFile } from '../domain/scan';
import { DiskFile } from './diskFile';
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
  return { kind: 'file', files: [own, ...(await companions(argument))] };
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

async function companions(file: string): Promise<NamedFile[]> {
  const { dir, name, ext } = path.parse(file);
  const endings = pairs[ext.toLowerCase()];
  if (!endings) return [];
  const beside = await readdir(dir || '.');
  const wanted = endings.map((ending) => `${name}${ending}`.toLowerCase());
  return Promise.all(
    beside.filter((other) => wanted.includes(other.toLowerCase())).map((other) => namedFile(path.join(dir, other))),
  );
}

export async function namedFile(file: string): Promise<NamedFile> {
  const { size } = await stat(file);
  return { path: file.split(path.sep).join('/'), blob: new DiskFile(file, size) };
}
