/** The policy as files that static hosts read, from the same source as the service worker's. */
import { headersFor, sealedFolder } from '../offline/policy';

const page = Object.entries(headersFor(''));
const sealed = headersFor(sealedFolder);
const contentPolicy = 'Content-Security-Policy';

/** Folders and files of the build that are not `sealed/`: rules that overlapped would be joined. */
const unsealedPaths = ['/', '/index.html', '/*.html', '/sw.js', '/assets.json', '/assets/*', '/models/*', '/predict/*'];

/** Netlify, Cloudflare Pages and others read `_headers`. */
export function underscoreHeaders(): string {
  const rule = (place: string, headers: readonly (readonly [string, string])[]) =>
    [place, ...headers.map(([name, value]) => `  ${name}: ${value}`)].join('\n');
  const rules = [...unsealedPaths.map((place) => rule(place, page)), rule(`/${sealedFolder}*`, Object.entries(sealed))];
  return `${rules.join('\n\n')}\n`;
}

/** Apache, with mod_headers. A <Files> section is applied after what stands outside of one. */
export function htaccess(): string {
  const set = ([name, value]: readonly [string, string]) => `Header always set ${name} "${value}"`;
  return [
    '<IfModule mod_headers.c>',
    ...page.map((header) => `  ${set(header)}`),
    '  <FilesMatch "^opencvWorker-">',
    `    ${set([contentPolicy, sealed[contentPolicy] ?? ''])}`,
    '  </FilesMatch>',
    '</IfModule>',
    '<IfModule mod_mime.c>',
    '  AddType application/wasm .wasm',
    '  AddType application/manifest+json .webmanifest',
    '</IfModule>',
    '',
  ].join('\n');
}

/** To be included in nginx's `server` block, for a page that lies at the root. */
export function nginxSnippet(): string {
  const add = ([name, value]: readonly [string, string]) => `add_header ${name} "${value}" always;`;
  return [
    ...page.map(add),
    `location /${sealedFolder} {`,
    // A location with headers of its own inherits none.
    ...Object.entries(sealed).map((header) => `  ${add(header)}`),
    '}',
    '',
  ].join('\n');
}
