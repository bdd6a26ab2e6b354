/** Volume files and the files of their voxels. */
import { type PipelineError, PipelineFailure } from '../domain/errors';
import type { NamedFile } from '../domain/scan';
import { bytesOf } from './byteSource';
import { folderOf, stemOf } from './fileKind';
import type { VolumeFormat } from './volumeFile';

export interface VolumeHeader {
  readonly file: NamedFile;
  readonly format: VolumeFormat;
}

/** The line that names the file of the voxels: NRRD's "data file", MetaImage's "ElementDataFile"; with the space around the name. */
const dataFileLine = /^[ \t]*(?:data ?file[ \t]*:=?|ElementDataFile[ \t]*=)(.+)/im;

/** Both formats: the line is within their text headers, and those are short before it. */
const textBytes = 2 ** 16;

/** In the file itself, or in many, which the readers refuse by name. */
const isNoName = (name: string) => /^(local|list)\b/i.test(name) || name.includes('%');

const dataEndings = ['.raw', '.zraw', '.raw.gz', '.img', '.img.gz'];

/**
 * @param others  all files that were chosen, by their lower-case path
 * @returns the header, and the file of its voxels where that is another
 * @throws PipelineFailure 'missing-data', 'unreadable-file'
 */
export async function withData(
  { file, format }: VolumeHeader,
  others: ReadonlyMap<string, NamedFile>,
): Promise<readonly NamedFile[]> {
  const folder = folderOf(file.path);
  const find = (name: string) => others.get(resolved(folder, name).toLowerCase());
  const isPair = /\.hdr(\.gz)?$/i.test(file.path);
  const named = format === 'NRRD' || format === 'MetaImage' ? await dataFileOf(file) : undefined;
  if (!isPair && named === undefined) return [file];
  const byStem = isPair ? ['.img', '.img.gz'] : dataEndings;
  const data =
    (named === undefined ? undefined : find(named)) ??
    byStem.map((ending) => find(`${stemOf(file.path)}${ending}`)).find((one) => one !== undefined && one !== file);
  if (!data) throw new PipelineFailure({ code: 'missing-data', format });
  return [file, data];
}

/** "head/s1/" and "..\\s2/a.raw" → "head/s2/a.raw". */
function resolved(folder: string, name: string): string {
  const parts: string[] = [];
  for (const part of `${folder}${name.replaceAll('\\', '/')}`.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.') parts.push(part);
  }
  return parts.join('/');
}

/** The file of the voxels that a header names; undefined for one of one piece, of many, or for no header at all. */
export async function dataFileOf({ blob }: NamedFile): Promise<string | undefined> {
  const text = new TextDecoder('latin1').decode(await bytesOf(blob.slice(0, Math.min(textBytes, blob.size))));
  // NRRD: the header ends with an empty line, and anything may follow.
  const name = dataFileLine.exec(text.split(/\r?\n\r?\n/, 1)[0]!)?.[1]?.trim();
  return name === undefined || name === '' || isNoName(name) ? undefined : name;
}

/** What voxels without a header are refused for. */
export function missingHeader(path: string): PipelineError | undefined {
  return /\.img(\.gz)?$/i.test(path) ? { code: 'missing-header' } : undefined;
}
