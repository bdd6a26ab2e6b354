/** What each chosen file is, told from its first bytes. */
import type { NamedFile } from '../domain/scan';
import { bytesOf } from './byteSource';
import { beginsLikeDicom } from './dicom/header';
import { sniff } from './sniff';
import { type VolumeFormat, volumeFormatOf } from './volumeFile';

export type FileKind =
  | { readonly kind: 'picture' | 'dicom' | 'archive' | 'empty' }
  | { readonly kind: 'volume'; readonly format: VolumeFormat }
  /** `found`: in the words of an error. */
  | { readonly kind: 'other'; readonly found: string };

/** All that `sniff` looks at. */
const headBytes = 4096;

/** @throws PipelineFailure 'unreadable-file' */
export async function fileKind({ blob }: NamedFile): Promise<FileKind> {
  if (blob.size === 0) return { kind: 'empty' };
  const head = await bytesOf(blob.slice(0, Math.min(headBytes, blob.size)));
  const sniffed = sniff(head);
  if (sniffed.kind === 'readable') return { kind: 'picture' };
  if (beginsLikeDicom(head)) return { kind: 'dicom' };
  if (sniffed.found === 'a ZIP archive') return { kind: 'archive' };
  const format = await volumeFormatOf(blob);
  return format === undefined ? { kind: 'other', found: sniffed.found } : { kind: 'volume', format };
}

export const folderOf = (path: string) => path.slice(0, path.lastIndexOf('/') + 1);
export const nameOf = (path: string) => path.slice(path.lastIndexOf('/') + 1);

/** The folder that all of them lie in; '' where there is none. Whatever it is called, it was chosen on purpose. */
export function commonFolder(paths: readonly string[]): string {
  let common = folderOf(paths[0] ?? '');
  while (!paths.every((path) => path.startsWith(common))) common = folderOf(common.slice(0, -1));
  return common;
}

/**
 * Left behind by systems and programs, and never chosen on purpose.
 *
 * @param path  below the folder that was chosen
 */
export const isHidden = (path: string) =>
  path.split('/').some((part) => part === '__MACOSX' || (part.startsWith('.') && part !== '.' && part !== '..')) ||
  /^(thumbs\.db|desktop\.ini|dicomdir)$/i.test(nameOf(path));

/** The name says that it is to be opened, so that it is not passed over in silence. */
export const claimsToBeAnImage = (path: string) =>
  /\.(png|jpe?g|tiff?|webp|nii|hdr|img|nrrd|nhdr|mha|mhd|mgh|mgz|gz|zip)$/i.test(path);

/** "head/flair.nii.gz" → "flair". */
export const stemOf = (path: string) =>
  nameOf(path)
    .replace(/(?<=.)(\.gz)?$/i, '')
    .replace(/(?<=.)\.[^.]*$/, '');
