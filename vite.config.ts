/// <reference types="vitest/config" />
import { createReadStream, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig, type Plugin } from 'vite';

const root = import.meta.dirname;
const require = createRequire(import.meta.url);

/**
 * `virtual:opencv.js.gz` is the address of OpenCV.js (13 MB) in 3.8 MB of gzip. The name ends in .bin, so that no host
 * adds a Content-Encoding and the worker always meets the same bytes.
 */
function opencvGzip(): Plugin {
  const compressed = path.join(root, 'node_modules/.cache/metsight/opencv.js.gz.bin');
  return {
    name: 'metsight-opencv-gzip',
    enforce: 'pre',
    resolveId(id) {
      if (id !== 'virtual:opencv.js.gz') return undefined;
      mkdirSync(path.dirname(compressed), { recursive: true });
      writeFileSync(compressed, gzipSync(readFileSync(require.resolve('@techstark/opencv-js')), { level: 9 }));
      return `${compressed}?url`;
    },
  };
}

/** TensorFlow.js looks for its three builds (plain, SIMD, threads) by their own names in one folder: `assets/tfjs/`. */
function tfjsWasm(): Plugin {
  const folder = path.dirname(require.resolve('@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm'));
  const names = ['tfjs-backend-wasm.wasm', 'tfjs-backend-wasm-simd.wasm', 'tfjs-backend-wasm-threaded-simd.wasm'];
  return {
    name: 'metsight-tfjs-wasm',
    configureServer(server) {
      server.middlewares.use('/assets/tfjs', (request, response, next) => {
        const file = path.join(folder, path.basename(new URL(request.url ?? '/', 'http://localhost').pathname));
        if (!names.includes(path.basename(file)) || !existsSync(file)) return next();
        response.setHeader('Content-Type', 'application/wasm');
        createReadStream(file).pipe(response);
      });
    },
    generateBundle() {
      for (const name of names) {
        this.emitFile({
          type: 'asset',
          fileName: `assets/tfjs/${name}`,
          source: readFileSync(path.join(folder, name)),
        });
      }
    },
  };
}

/**
 * TensorFlow.js starts its threads from the text of the function that this file makes. A minifier knows that `_scriptDir`
 * is declared around it and drops the `typeof` guard; on a thread, where nothing is around it, that is a ReferenceError.
 * Every thread gets its addresses from `setWasmPaths`, so the whole guard can go.
 */
function tfjsThreads(): Plugin {
  const guard = 'if(typeof _scriptDir !== "undefined" && _scriptDir){scriptDirectory=_scriptDir}';
  return {
    name: 'metsight-tfjs-threads',
    enforce: 'pre',
    transform(code, id) {
      if (!/wasm-out\/tfjs-backend-wasm-threaded-simd\.js$/.test(id)) return undefined;
      if (!code.includes(guard)) throw new Error(`${id} must hold ${guard}: another version of TensorFlow.js?`);
      return { code: code.replace(guard, ''), map: null };
    },
  };
}

/** Without cross-origin isolation there is no SharedArrayBuffer, and the networks run on one thread. */
const isolation = {
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
};

export default defineConfig({
  base: './',
  plugins: [svelte(), opencvGzip(), tfjsWasm()],
  worker: { format: 'es', plugins: () => [opencvGzip(), tfjsThreads()] },
  build: { target: 'esnext', assetsInlineLimit: 0, chunkSizeWarningLimit: 2000 },
  // Both entries at once: a dependency that is found late reloads the page under the developer's hands.
  optimizeDeps: { entries: ['index.html', 'src/worker/worker.ts'] },
  server: { port: 5280, strictPort: true, headers: isolation },
  preview: { port: 5281, headers: isolation },
  test: {
    include: ['src/**/*.test.ts'],
    exclude: ['src/e2e/**'],
    environment: 'node',
    testTimeout: 60_000,
    hookTimeout: 120_000,
  },
});
