/** One build of this program: every file of it by its hash. `assets.json` beside the page holds it. */

export interface ReleaseFile {
  /** Relative to the page's folder, without a leading slash. */
  readonly path: string;
  readonly bytes: number;
  /** 64 hexadecimal digits. */
  readonly sha256: string;
}

export interface Release {
  /** Names the build: the sha256 of its list of files. */
  readonly id: string;
  /** Of the program, as its package says. */
  readonly version: string;
  readonly files: readonly ReleaseFile[];
  /** Paths of the files without which the page does not even show itself: a first visit waits for these only. */
  readonly shell: readonly string[];
}

/** Where the page finds its own release. */
export const releaseFile = 'assets.json';

/** Of a file of a network, the network's id; undefined for the program's own files. */
export const modelIdOf = (path: string): string | undefined => /^models\/([^/]+)\//.exec(path)?.[1];

const types: Readonly<Record<string, string>> = {
  html: 'text/html; charset=utf-8',
  js: 'text/javascript; charset=utf-8',
  css: 'text/css; charset=utf-8',
  json: 'application/json',
  webmanifest: 'application/manifest+json',
  svg: 'image/svg+xml',
  wasm: 'application/wasm',
  md: 'text/markdown; charset=utf-8',
};

export const contentType = (path: string): string =>
  types[path.slice(path.lastIndexOf('.') + 1)] ?? 'application/octet-stream';
