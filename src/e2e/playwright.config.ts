/** Browser tests: real Chromium on the built page, nothing mocked. Build first: `npx vite build`. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { defineConfig } from '@playwright/test';

const root = path.resolve(import.meta.dirname, '../..');
/** Another port where two checkouts are tested at once. */
const port = Number(process.env.METSIGHT_PORT ?? 5282);
const debian = '/usr/bin/chromium';
const executablePath = process.env.CHROMIUM ?? (existsSync(debian) ? debian : undefined);

/** As root, in a container, Chromium has no sandbox; background networking would be the only traffic that is not ours. */
const args = ['--no-sandbox', '--disable-background-networking'];
const launchOptions = (more: readonly string[] = []) => ({
  ...(executablePath === undefined ? {} : { executablePath }),
  args: [...args, ...more],
});

export default defineConfig({
  testDir: '.',
  outputDir: path.join(root, 'test-results'),
  workers: 1,
  timeout: 90_000,
  expect: { timeout: 20_000 },
  forbidOnly: process.env.CI !== undefined,
  reporter: 'list',
  use: { baseURL: `http://localhost:${port}/`, viewport: { width: 1440, height: 900 }, acceptDownloads: true },
  projects: [
    { name: 'wasm', testIgnore: ['webgpu.spec.ts', 'faults.spec.ts'], use: { launchOptions: launchOptions() } },
    {
      name: 'webgpu-software',
      testMatch: ['webgpu.spec.ts', 'faults.spec.ts'],
      timeout: 240_000,
      use: {
        launchOptions: launchOptions([
          '--enable-unsafe-webgpu',
          '--use-webgpu-adapter=swiftshader',
          // So that memory can be measured at once, after a collection.
          '--enable-blink-features=ForceEagerMeasureMemory',
        ]),
      },
    },
  ],
  webServer: {
    command: `npx vite preview --port ${port} --strictPort`,
    cwd: root,
    url: `http://localhost:${port}/`,
    reuseExistingServer: false,
  },
});
