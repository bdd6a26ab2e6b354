/** A static host that goes away: the page works on, also after the browser was closed. */
import { createReadStream, existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { chromium, expect, test, type Page } from '@playwright/test';
import { reach } from './journey';

const dist = path.resolve(import.meta.dirname, '../../dist');
const types: Record<string, string> = {
  ...{ '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.json': 'application/json' },
  ...{ '.svg': 'image/svg+xml', '.wasm': 'application/wasm', '.webmanifest': 'application/manifest+json' },
};

/** The build below `/a/b/`, without a single special header. */
function plainHost(): Server {
  return createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    const file = path.join(dist, pathname.replace(/^\/a\/b\//, '').replace(/^$/, 'index.html'));
    if (!pathname.startsWith('/a/b/') || !file.startsWith(dist) || !existsSync(file) || !statSync(file).isFile()) {
      response.writeHead(404).end();
      return;
    }
    response.setHeader('Content-Type', types[path.extname(file)] ?? 'application/octet-stream');
    createReadStream(file).pipe(response);
  });
}

test('without its host, and after a restart of the browser, the whole journey works', async ({ launchOptions }) => {
  const profile = mkdtempSync(path.join(tmpdir(), 'metsight-profile-'));
  const host = plainHost();
  await new Promise<void>((resolve) => host.listen(0, resolve));
  const address = `http://localhost:${(host.address() as AddressInfo).port}/a/b/?backend=wasm`;
  const visit = async (journey: (page: Page) => Promise<void>) => {
    const browser = await chromium.launchPersistentContext(profile, launchOptions);
    try {
      const page = await browser.newPage();
      await page.goto(address);
      await journey(page);
    } finally {
      await browser.close();
    }
  };
  try {
    await visit(async (page) => {
      await expect(page.getByText('works offline')).toBeVisible({ timeout: 60_000 });
      await page.getByRole('button', { name: 'Try a phantom' }).click();
      await reach(page, 'segmented');
    });
    host.closeAllConnections();
    await new Promise((resolve) => host.close(resolve));
    await visit(async (page) => {
      await page.getByRole('button', { name: 'Try a phantom' }).click();
      await reach(page, 'segmented');
      await expect(page.getByRole('table', { name: 'Lesions' }).getByRole('row')).not.toHaveCount(1);
    });
  } finally {
    host.close();
    rmSync(profile, { recursive: true, force: true });
  }
});
