/** Files from drops, pastes and pickers, in the order in which people number them. */
import type { NamedFile } from '../domain/scan';

const byName = new Intl.Collator(undefined, { numeric: true });

const isShown = ({ path }: NamedFile) => !path.split('/').some((name) => name.startsWith('.'));

function ordered(found: readonly NamedFile[]): readonly NamedFile[] {
  return found.filter(isShown).sort((a, b) => byName.compare(a.path, b.path));
}

export function pickedFiles(files: Iterable<File>): readonly NamedFile[] {
  return ordered([...files].map((file) => ({ blob: file, path: file.webkitRelativePath || file.name })));
}

/** Walks dropped folders. Must be called in the drop's own event: later the browser has forgotten it. */
export async function droppedFiles(transfer: DataTransfer): Promise<readonly NamedFile[]> {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
  if (entries.length === 0) return pickedFiles(transfer.files);
  return ordered((await Promise.all(entries.map(walk))).flat());
}

async function walk(entry: FileSystemEntry): Promise<readonly NamedFile[]> {
  if (entry.isFile) {
    // `isFile` says which of the two kinds it is; the DOM's types do not.
    const file = await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject));
    return [{ blob: file, path: entry.fullPath.replace(/^\//, '') }];
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const found: NamedFile[] = [];
  // A reader gives about 100 entries a call, and none when it is done.
  for (;;) {
    const entries = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (entries.length === 0) return found;
    found.push(...(await Promise.all(entries.map(walk))).flat());
  }
}

/** Pictures on the clipboard, by its button. @throws DOMException if the browser or the user refuses */
export async function clipboardFiles(): Promise<readonly NamedFile[]> {
  const items = await navigator.clipboard.read();
  const files = items.map(async (item) => {
    const type = item.types.find((one) => one.startsWith('image/'));
    if (type === undefined) return [];
    return [{ blob: await item.getType(type), path: `pasted.${type.slice('image/'.length)}` }];
  });
  return (await Promise.all(files)).flat();
}
