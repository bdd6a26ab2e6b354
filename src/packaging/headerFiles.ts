/** The policy as files that static hosts read, from the same source as the service worker's. */
import { headersFor, sealedFolder } from '../offline/policy';

const page = Object.entries(headersFor(''));
const sealed = headersFor(sealedFolder);
const contentPolicy = 'Content-Security-Policy';

/** What `POST predict/` answers comes from the service worker; where there is none, the host's 404 has the policy too. */
const predictFolder = 'predict/';

/**
 * Netlify, Cloudflare Pages and others read `_headers`. They join the headers of all rules that match, and two policies
 * of one name joined are none: so each file is matched by one rule.
 *
 * @param paths  of every file of the build, relative to it
 */
export function underscoreHeaders(paths: readonly string[]): string {
  const places = new Set(['/', ...[...paths, sealedFolder, predictFolder].map(placeOf)]);
  return [...places]
    .map((place) => {
      const headers = place === placeOf(sealedFolder) ? Object.entries(sealed) : page;
      return `${[place, ...headers.map(([name, value]) => `  ${name}: ${value}`)].join('\n')}\n`;
    })
    .join('\n');
}

/** Of a file beside the page itself, of any other its folder there. */
const placeOf = (path: string) => (path.includes('/') ? `/${path.slice(0, path.indexOf('/'))}/*` : `/${path}`);

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
