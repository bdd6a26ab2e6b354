/** The build on a static host below `/a/b/`, without a single special header. */
import { existsSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';

const dist = path.resolve(import.meta.dirname, '../../dist');
const types: Readonly<Record<string, string>> = {
  ...{ '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.json': 'application/json' },
  ...{ '.svg': 'image/svg+xml', '.wasm': 'application/wasm', '.webmanifest': 'application/manifest+json' },
};

/** Below the page's folder; sends whatever comes to the address after its question mark. */
const sendsOn = '/a/b/elsewhere';

export interface Host {
  /** Of the page. */
  readonly address: string;
  close(): Promise<void>;
}

/** Where the page's policy comes from; 'none': its own <meta> is taken out too. */
export type Policy = 'service-worker' | 'meta' | 'none';

/** @param beforeWorker  the service worker's script is answered after it */
export async function plainHost(
  policy: Policy = 'service-worker',
  beforeWorker: Promise<void> = Promise.resolve(),
): Promise<Host> {
  const server = createServer(async (request, response) => {
    const { pathname, search } = new URL(request.url ?? '/', 'http://localhost');
    if (pathname === sendsOn) return void response.writeHead(307, { Location: search.slice(1) }).end();
    const name = pathname.replace(/^\/a\/b\//, '') || 'index.html';
    const file = path.join(dist, name);
    const isServed =
      pathname.startsWith('/a/b/') && file.startsWith(dist) && existsSync(file) && statSync(file).isFile();
    if (!isServed || (policy !== 'service-worker' && name === 'sw.js')) return void response.writeHead(404).end();
    if (name === 'sw.js') await beforeWorker;
    response.setHeader('Content-Type', types[path.extname(file)] ?? 'application/octet-stream');
    const bytes = readFileSync(file);
    response.end(policy === 'none' && name === 'index.html' ? withoutPolicy(bytes.toString()) : bytes);
  });
  await new Promise<void>((resolve) => server.listen(0, resolve));
  return {
    address: `http://localhost:${(server.address() as AddressInfo).port}/a/b/`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function withoutPolicy(html: string): string {
  const bare = html.replace(/<meta http-equiv="content-security-policy"[^>]*>/i, '');
  if (bare === html) throw new Error('the built page has no policy to take out');
  return bare;
}
