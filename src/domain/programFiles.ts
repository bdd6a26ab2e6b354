/** Where the program's own files are: beside the page, or, where the whole program is one HTML file, inside it. */

export interface ProgramFiles {
  /** The page's address; files beside it are addressed relative to that. */
  readonly pageUrl: string;
  /** Files inside the page, by their paths relative to it. Empty where they lie beside it. */
  readonly inside: ReadonlyMap<string, Blob>;
}

export const isOneFile = ({ inside }: ProgramFiles) => inside.size > 0;

/** From a path of the program to where it can be fetched. */
export type AddressOf = (path: string) => string;

/**
 * @returns the address that a file can be fetched from, in this thread only: browsers refuse a blob's address that was
 * made in another one where the page has no origin, as a page from `file:` has none
 */
export function addressing({ pageUrl, inside }: ProgramFiles): AddressOf {
  const made = new Map<string, string>();
  return (path) => {
    const file = inside.get(path);
    if (!file) return new URL(path, pageUrl).href;
    const address = made.get(path) ?? URL.createObjectURL(file);
    made.set(path, address);
    return address;
  };
}
