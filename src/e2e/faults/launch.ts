/** The built page on a port of its own, and a browser with WebGPU on its software adapter. */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { chromium, type Browser } from '@playwright/test';

export const root = path.resolve(import.meta.dirname, '../../..');

export const port = Number(process.env.METSIGHT_PORT ?? 5284);

const args = [
  '--no-sandbox',
  '--disable-background-networking',
  '--enable-unsafe-webgpu',
  '--use-webgpu-adapter=swiftshader',
  // `measureUserAgentSpecificMemory` answers at once, after a collection of its own.
  '--enable-blink-features=ForceEagerMeasureMemory',
];

/** @param act  is given the page's address, ending in a slash */
export async function withPage<T>(act: (browser: Browser, address: string) => Promise<T>): Promise<T> {
  const vite = path.join(root, 'node_modules/vite/bin/vite.js');
  const preview = [vite, 'preview', '--port', `${port}`, '--strictPort'];
  const server = spawn(process.execPath, preview, { cwd: root, stdio: 'ignore' });
  const executablePath = process.env.CHROMIUM ?? (existsSync('/usr/bin/chromium') ? '/usr/bin/chromium' : undefined);
  const browser = await chromium.launch({ ...(executablePath === undefined ? {} : { executablePath }), args });
  const address = `http://localhost:${port}/`;
  try {
    while (!(await fetch(address).catch(() => undefined))) await new Promise((resolve) => setTimeout(resolve, 200));
    return await act(browser, address);
  } finally {
    await browser.close();
    server.kill();
  }
}
