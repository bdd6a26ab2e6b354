/** Files from drops, pastes and pickers, in the order in which people number them. */

const byName = new Intl.Collator(undefined, { numeric: true });

const isShown = (name: string) => !name.startsWith('.');

interface FoundFile {
  readonly path: string;
  readonly file: File;
}

function ordered(found: readonly FoundFile[]): readonly File[] {
  return found
    .filter(({ file }) => isShown(file.name))
    .sort((a, b) => byName.compare(a.path, b.path))
    .map(({ file }) => file);
}

export function pickedFiles(files: Iterable<File>): readonly File[] {
  return ordered([...files].map((file) => ({ file, path: file.webkitRelativePath || file.name })));
}

/** Walks dropped folders. Must be called in the drop's own event: later the browser has forgotten it. */
export async function droppedFiles(transfer: DataTransfer): Promise<readonly File[]> {
  const entries = [...transfer.items].map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
  if (entries.length === 0) return pickedFiles(transfer.files);
  return ordered((await Promise.all(entries.map(walk))).flat());
}

async function walk(entry: FileSystemEntry): Promise<readonly FoundFile[]> {
  if (entry.isFile) {
    // `isFile` says which of the two kinds it is; the DOM's types do not.
    const file = await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject));
    return [{ file, path: entry.fullPath }];
  }
  const reader = (entry as FileSystemDirectoryEntry).createReader();
  const found: FoundFile[] = [];
  // A reader gives about 100 entries a call, and none when it is done.
  for (;;) {
    const entries = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject));
    if (entries.length === 0) return found;
    found.push(...(await Promise.all(entries.map(walk))).flat());
  }
}

/** Pictures on the clipboard, by its button. @throws DOMException if the browser or the user refuses */
export async function clipboardFiles(): Promise<readonly File[]> {
  const items = await navigator.clipboard.read();
  const files = items.map(async (item) => {
    const type = item.types.find((one) => one.startsWith('image/'));
    if (type === undefined) return [];
    return [new File([await item.getType(type)], `pasted.${type.slice('image/'.length)}`, { type })];
  });
  return (await Promise.all(files)).flat();
}
