/** The programs that come from packages as whole files: OpenCV.js, and TensorFlow.js's wasm. */
import { createReadStream, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Plugin } from 'vite';
import { tfjsWasmNames, tfjsWasmPath } from '../domain/assets';
import { withoutEval } from './opencvWithoutEval';

const require = createRequire(import.meta.url);

/**
 * `virtual:opencv.js.gz` is the address of OpenCV.js without its eval (13 MB) in 3.8 MB of gzip. The name ends in .bin, so that no host
 * adds a Content-Encoding and the worker always meets the same bytes.
 */
export function opencvGzip(root: string): Plugin {
  const compressed = path.join(root, 'node_modules/.cache/metsight/opencv.js.gz.bin');
  return {
    name: 'metsight-opencv-gzip',
    enforce: 'pre',
    resolveId(id) {
      if (id !== 'virtual:opencv.js.gz') return undefined;
      mkdirSync(path.dirname(compressed), { recursive: true });
      writeFileSync(compressed, gzippedOpencv());
      return `${compressed}?url`;
    },
  };
}

export const readOpencv = () => readFileSync(require.resolve('@techstark/opencv-js'), 'utf8');

export const gzippedOpencv = () => gzipSync(withoutEval(readOpencv()), { level: 9 });

const tfjsFolder = () => path.dirname(require.resolve('@tensorflow/tfjs-backend-wasm/dist/tfjs-backend-wasm.wasm'));

export const readTfjsWasm = (name: string) => readFileSync(path.join(tfjsFolder(), name));

/** TensorFlow.js's wasm, which no module of it names. */
export function tfjsWasm(): Plugin {
  return {
    name: 'metsight-tfjs-wasm',
    configureServer(server) {
      server.middlewares.use('/assets/tfjs', (request, response, next) => {
        const name = path.basename(new URL(request.url ?? '/', 'http://localhost').pathname);
        const file = path.join(tfjsFolder(), name);
        if (!tfjsWasmNames.some((known) => known === name) || !existsSync(file)) return next();
        response.setHeader('Content-Type', 'application/wasm');
        createReadStream(file).pipe(response);
      });
    },
    generateBundle() {
      for (const name of tfjsWasmNames) {
        this.emitFile({ type: 'asset', fileName: tfjsWasmPath(name), source: readTfjsWasm(name) });
      }
    },
  };
}

/**
 * TensorFlow.js starts its threads from the text of the function that this file makes. A minifier knows that `_scriptDir`
 * is declared around it and drops the `typeof` guard; on a thread, where nothing is around it, that is a ReferenceError.
 * Every thread gets its addresses from `setWasmPaths`, so the whole guard can go.
 */
export function tfjsThreads(): Plugin {
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
