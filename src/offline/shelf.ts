/**
 * The program's files on this computer, by their sha256 in Cache Storage: what is the same in two releases is kept once,
 * and nothing is handed out whose hash is not the release's.
 */
import { cachePrefix, pathHeader } from '../storage/cachedModels';
import { sha256 } from '../storage/sha256';
import { modelIdOf, type Release, type ReleaseFile } from './release';

/** One cache a page's folder: two copies of this program on one origin do not meet. */
export const cacheNameOf = (scope: string) => `${cachePrefix}${new URL(scope).pathname}`;

export const isOurCache = (name: string) => name.startsWith(cachePrefix);

/** A file that is neither kept intact nor to be had from the host as the release has it. */
export class Unobtainable extends Error {}

/** Paths of what is kept, of whichever release. */
export async function keptPaths(scope: string): Promise<ReadonlySet<string>> {
  const cache = await existingCache(scope);
  if (!cache) return new Set();
  const responses = await Promise.all((await cache.keys()).map((key) => cache.match(key)));
  return new Set(responses.map((response) => response?.headers.get(pathHeader) ?? ''));
}

/** To open one that is not there makes it: who only looks must leave nothing behind. */
async function existingCache(scope: string): Promise<Cache | undefined> {
  const name = cacheNameOf(scope);
  return (await caches.has(name)) ? caches.open(name) : undefined;
}

export class Shelf {
  readonly #scope: string;
  readonly #arriving = new Map<string, Promise<Uint8Array<ArrayBuffer>>>();
  #isForgetting = false;

  /** @param scope  the page's folder, an absolute address ending in a slash */
  constructor(scope: string) {
    this.#scope = scope;
  }

  /** @throws Unobtainable */
  async read(file: ReleaseFile): Promise<Uint8Array<ArrayBuffer>> {
    const kept = await this.#kept(file).catch(() => undefined);
    return kept ?? this.#arrive(file);
  }

  /** Has it kept, or fails: what cannot be stored counts as failed. @throws Unobtainable; what the browser says of a full disk */
  async keep(file: ReleaseFile): Promise<void> {
    if (this.#isForgetting) throw new Unobtainable(file.path);
    await caches.open(cacheNameOf(this.#scope));
    if (await this.#kept(file)) return;
    const bytes = await this.#arrive(file);
    await this.#store(file, bytes);
  }

  /** Ids of the networks whose weights are kept: those the user has chosen. */
  async chosenModels(): Promise<ReadonlySet<string>> {
    const paths = [...(await keptPaths(this.#scope))];
    return new Set(paths.filter((path) => path.endsWith('.bin')).flatMap((path) => modelIdOf(path) ?? []));
  }

  /** Drops what this release does not hold. */
  async prune({ files }: Release) {
    const cache = await existingCache(this.#scope);
    if (!cache) return;
    const wanted = new Set(files.map((file) => this.#key(file)));
    for (const { url } of await cache.keys()) if (!wanted.has(url)) await cache.delete(url);
  }

  /** From now on nothing is kept. */
  async forget() {
    this.#isForgetting = true;
    await caches.delete(cacheNameOf(this.#scope));
  }

  #key({ sha256: hash }: ReleaseFile) {
    return new URL(`sha256/${hash}`, this.#scope).href;
  }

  async #kept(file: ReleaseFile): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const cache = await existingCache(this.#scope);
    const response = await cache?.match(this.#key(file));
    if (!cache || !response) return undefined;
    const bytes = new Uint8Array(await response.arrayBuffer());
    if (await isIntact(bytes, file)) return bytes;
    await cache.delete(this.#key(file));
    return undefined;
  }

  /** Several may want it at once; it is fetched once. */
  #arrive(file: ReleaseFile): Promise<Uint8Array<ArrayBuffer>> {
    const arriving = this.#arriving.get(file.sha256);
    if (arriving) return arriving;
    const fetched = this.#fetch(file).finally(() => this.#arriving.delete(file.sha256));
    this.#arriving.set(file.sha256, fetched);
    return fetched;
  }

  /** The HTTP cache first; what it holds of an older release is asked for anew. */
  async #fetch(file: ReleaseFile): Promise<Uint8Array<ArrayBuffer>> {
    for (const cache of ['default', 'reload'] as const) {
      const response = await fetch(new URL(file.path, this.#scope), { cache }).catch(() => undefined);
      if (!response?.ok) continue;
      const bytes = new Uint8Array(await response.arrayBuffer().catch(() => new ArrayBuffer(0)));
      if (!(await isIntact(bytes, file))) continue;
      // A full disk is no reason to withhold what has arrived; `keep` tries again and says so.
      await this.#store(file, bytes).catch(() => undefined);
      return bytes;
    }
    throw new Unobtainable(file.path);
  }

  /**
   * Where there is no cache, everything was forgotten: only `keep` makes one. By the flag alone a worker that the browser
   * stops and starts again, for a page that is still open, would keep all of the program anew.
   */
  async #store(file: ReleaseFile, bytes: Uint8Array<ArrayBuffer>) {
    const cache = await existingCache(this.#scope);
    if (!cache || this.#isForgetting) return;
    await cache.put(this.#key(file), new Response(bytes, { headers: { [pathHeader]: file.path } }));
  }
}

async function isIntact(bytes: Uint8Array, file: ReleaseFile): Promise<boolean> {
  return bytes.length === file.bytes && (await sha256(bytes)) === file.sha256;
}
