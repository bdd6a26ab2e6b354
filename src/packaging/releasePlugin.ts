/** What the build adds when all files are written: their hashes, the header files, and the service worker that knows both. */
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { build, type Plugin, type PreviewServer } from 'vite';
import { headersFor, metaPolicy } from '../offline/policy';
import { type Release, releaseFile } from '../offline/release';
import { htaccess, nginxSnippet, underscoreHeaders } from './headerFiles';

/** Each from the paths of all files that the build leaves. */
const headerFiles: Readonly<Record<string, (paths: readonly string[]) => string>> = {
  _headers: underscoreHeaders,
  '.htaccess': htaccess,
  'nginx.conf': nginxSnippet,
};

const sha256 = (bytes: Uint8Array | string) => createHash('sha256').update(bytes).digest('hex');

export function releasePlugin(root: string, version: string): Plugin {
  let folder = '';
  return {
    name: 'metsight-release',
    configResolved({ build: { outDir } }) {
      folder = path.resolve(root, outDir);
    },
    configurePreviewServer: servePolicy,
    transformIndexHtml: {
      order: 'post',
      handler(html, { server }) {
        if (server) return html;
        const policy = `<meta http-equiv="Content-Security-Policy" content="${metaPolicy}" />`;
        // Before anything that the policy is to govern.
        return html.replace(/<meta charset="utf-8" \/>/, (charset) => `${charset}\n    ${policy}`);
      },
    },
    closeBundle: {
      sequential: true,
      order: 'post',
      async handler() {
        await writeRelease(root, folder, version);
        const paths = [...new Set([...filesIn(folder), ...Object.keys(headerFiles)])].sort();
        for (const [name, text] of Object.entries(headerFiles)) writeFileSync(path.join(folder, name), text(paths));
      },
    },
  };
}

/** Puts beside a build's files the list of their hashes, and the service worker that knows it. */
export async function writeRelease(root: string, folder: string, version: string) {
  rmSync(path.join(folder, 'sw.js'), { force: true });
  const release = listRelease(folder, version);
  writeFileSync(path.join(folder, releaseFile), `${JSON.stringify(release, undefined, 2)}\n`);
  await buildServiceWorker(root, folder, release);
}

/** Every file of the build but those that the host reads, sorted; the hash of that list names the release. */
export function listRelease(folder: string, version: string): Release {
  const paths = filesIn(folder).filter((name) => !(name in headerFiles) && name !== releaseFile && name !== 'sw.js');
  const files = paths.map((name) => {
    const bytes = readFileSync(path.join(folder, name));
    return { path: name, bytes: bytes.length, sha256: sha256(bytes) };
  });
  return { id: sha256(JSON.stringify(files)), version, files, shell: shellOf(folder) };
}

/** What index.html links to, and what of that is imported before anything runs; sorted. */
export function shellOf(folder: string): readonly string[] {
  const shell = new Set<string>();
  const add = (name: string) => {
    if (shell.has(name) || !existsSync(path.join(folder, name))) return;
    shell.add(name);
    if (!/\.(html|js)$/.test(name)) return;
    const text = readFileSync(path.join(folder, name), 'utf8');
    const links = name.endsWith('.html') ? /\b(?:src|href)="([^"]+)"/g : /\b(?:from|import)\s*["'](\.[^"']+)["']/g;
    for (const [, address] of text.matchAll(links)) add(path.posix.join(path.posix.dirname(name), address!));
  };
  add('index.html');
  return [...shell].sort();
}

/** Paths in a folder and those below it, sorted, with `/` between their parts. */
export const filesIn = (folder: string): readonly string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)).split(path.sep).join('/'))
    .sort();

async function buildServiceWorker(root: string, folder: string, release: Release) {
  await build({
    configFile: false,
    root,
    publicDir: false,
    logLevel: 'warn',
    define: { RELEASE: JSON.stringify(release) },
    build: {
      outDir: folder,
      emptyOutDir: false,
      target: 'esnext',
      lib: { entry: path.join(root, 'src/offline/serviceWorker.ts'), formats: ['iife'], name: 'serviceWorker' },
      rollupOptions: { output: { entryFileNames: 'sw.js' } },
    },
  });
}

/** `vite preview` as a host that uses the header files. */
function servePolicy(server: PreviewServer) {
  server.middlewares.use((request, response, next) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    for (const [name, value] of Object.entries(headersFor(pathname.slice(1)))) response.setHeader(name, value);
    next();
  });
}
