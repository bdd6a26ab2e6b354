/// <reference types="vitest/config" />
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig, mergeConfig, type UserConfig } from 'vite';
import { opencvGzip, tfjsThreads, tfjsWasm } from './src/packaging/programs';
import { isInPortable, portableConfig, portableMode, portablePlugin } from './src/packaging/portablePlugin';
import { releasePlugin } from './src/packaging/releasePlugin';
import { shippedModelsPlugin } from './src/packaging/shippedModels';
import { sealedFolder } from './src/offline/policy';

const root = import.meta.dirname;
const { version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as { version: string };

/** Without cross-origin isolation there is no SharedArrayBuffer, and the networks run on one thread. */
const isolation = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
};

const modelsFor = (mode: string) => shippedModelsPlugin(root, mode === portableMode ? isInPortable : undefined);

const configFor = (mode: string): UserConfig => ({
  base: './',
  plugins: [
    svelte(),
    opencvGzip(root),
    tfjsWasm(),
    modelsFor(mode),
    mode === portableMode ? portablePlugin(root, version) : releasePlugin(root, version),
  ],
  worker: {
    // Chromium starts no module worker from `file:`.
    format: mode === portableMode ? 'iife' : 'es',
    plugins: () => [opencvGzip(root), tfjsThreads(), modelsFor(mode)],
    rollupOptions: {
      output: {
        // A folder of its own, so that a host can give it headers of its own.
        entryFileNames: ({ name }) => `${name === 'opencvWorker' ? sealedFolder : 'assets/'}[name]-[hash].js`,
      },
    },
  },
  build: { target: 'esnext', assetsInlineLimit: 0, chunkSizeWarningLimit: 2000 },
  // Both entries at once: a dependency that is found late reloads the page under the developer's hands.
  optimizeDeps: { entries: ['index.html', 'src/worker/worker.ts'] },
  server: { port: 5280, strictPort: true, headers: isolation },
  preview: { port: 5281 },
  test: {
    include: ['src/**/*.test.ts'],
    exclude: ['src/e2e/**'],
    environment: 'node',
    // A test that begins with `// @vitest-environment page` runs in Node, but with what a page gets of each package.
    alias: { 'vitest-environment-page': path.join(root, 'src/study/fixtures/pageEnvironment.ts') },
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});

export default defineConfig(({ mode }) => mergeConfig(configFor(mode), mode === portableMode ? portableConfig : {}));
