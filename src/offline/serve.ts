/** What the service worker answers to the pages in its folder: the release's own files, under the policy. */
import { headersFor } from './policy';
import { contentType, type Release, releaseFile, type ReleaseFile } from './release';
import type { Shelf } from './shelf';

export class Server {
  readonly #scope: string;
  readonly #shelf: Shelf;
  readonly #release: Release;
  readonly #files: ReadonlyMap<string, ReleaseFile>;

  constructor(scope: string, release: Release, shelf: Shelf) {
    this.#scope = scope;
    this.#shelf = shelf;
    this.#release = release;
    this.#files = new Map(release.files.map((file) => [file.path, file]));
  }

  /** Whether this release has such a file. */
  has(path: string): boolean {
    return this.#files.has(path);
  }

  /** The path inside the page's folder; undefined for any other address. */
  pathOf(address: string): string | undefined {
    const { origin, pathname } = new URL(address);
    const scope = new URL(this.#scope);
    if (origin !== scope.origin || !pathname.startsWith(scope.pathname)) return undefined;
    const path = decoded(pathname.slice(scope.pathname.length));
    return path === '' ? 'index.html' : path;
  }

  /** A file of this release, never of another; what no release holds from the host as it is. All of it under the policy. */
  async answer(request: Request): Promise<Response> {
    const path = this.pathOf(request.url);
    const file = path === undefined ? undefined : this.#files.get(path);
    const isReading = request.method === 'GET' || request.method === 'HEAD';
    if (path === releaseFile && isReading) return this.#respond(path, JSON.stringify(this.#release));
    // Named after their content: another release's are of no use here.
    if (!file && /^(assets|sealed)\//.test(path ?? '')) return Response.error();
    if (!file || !isReading) return underPolicy(path ?? '', await fromHost(request));
    try {
      return this.#respond(file.path, request.method === 'HEAD' ? null : await this.#shelf.read(file));
    } catch {
      // Never a file of another release. To the page a network error, which it has words for.
      return request.mode === 'navigate' ? this.#respond(file.path, betweenReleases, 503) : Response.error();
    }
  }

  #respond(path: string, body: BodyInit | null, status = 200): Response {
    return new Response(body, {
      status,
      headers: { ...headersFor(path), 'Content-Type': contentType(path) },
    });
  }
}

/** As it is where it is no UTF-8 ("%ff"): an address that nothing of ours has is answered under the policy too. */
function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/** Shown where this browser has dropped the page, and its host has another release by now or cannot be reached. */
const betweenReleases = `<!doctype html>
<html lang="en"><meta charset="utf-8"><title>metsight</title>
<h1>metsight cannot start just now</h1>
<p>This browser no longer has the page, and its host cannot be reached or has another version, which is being fetched.
Load the page again in a minute.</p></html>
`;

/**
 * Where the host sends on, nobody follows: the page's policy does not bind what a service worker fetches, and the place may
 * be anybody's. A navigation is followed by the browser itself, under the policy.
 */
const fromHost = (request: Request) =>
  request.mode === 'navigate' ? fetch(request) : fetch(request, { redirect: 'manual' });

/** The host's own answer, with our headers in place of its. */
function underPolicy(path: string, response: Response): Response {
  // An error, or a redirect: of a navigation the browser follows it, to all else it is an error. There is nothing to add to.
  if (response.type === 'error' || response.type === 'opaqueredirect' || response.status < 200) return response;
  const headers = new Headers(response.headers);
  for (const [name, value] of Object.entries(headersFor(path))) headers.set(name, value);
  const hasBody = ![204, 205, 304].includes(response.status);
  return new Response(hasBody ? response.body : null, {
    status: response.status,
    statusText: response.statusText,
    headers,
  });
}
