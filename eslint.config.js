// The architecture of this program, as a rule the linter can hold: the room table of the README.
import ts from 'typescript-eslint';
import svelte from 'eslint-plugin-svelte';
import vitest from '@vitest/eslint-plugin';
import { importX, createNodeResolver } from 'eslint-plugin-import-x';
import { createTypeScriptImportResolver } from 'eslint-import-resolver-typescript';

/** room -> the rooms it may import. Anything else under src/ is an error. */
const mayImport = {
  domain: [],
  models: ['domain'],
  storage: ['domain'],
  offline: ['domain', 'models', 'storage'],
  decode: ['domain'],
  preprocess: ['domain', 'models'],
  infer: ['domain', 'models'],
  postprocess: ['domain'],
  encode: ['domain'],
  display: ['domain'],
  pipeline: ['domain', 'models', 'decode', 'preprocess', 'infer', 'postprocess', 'encode'],
  worker: ['domain', 'models', 'storage', 'pipeline'],
  study: ['domain', 'models', 'storage', 'worker', 'display'],
  ui: ['domain', 'models', 'display', 'study', 'offline'],
  cli: ['domain', 'models', 'pipeline'],
};

/** package pattern -> the only room that may import it. */
const owner = { '@tensorflow/*': 'infer', '@techstark/opencv-js': 'preprocess', 'idb-keyval': 'storage' };

/** rooms that run inside the worker, where there is no page. */
const pageless = [
  'domain', 'models', 'storage', 'decode', 'encode', 'preprocess', 'infer', 'postprocess', 'pipeline',
]; // prettier-ignore

const rooms = Object.keys(mayImport);

const zones = rooms.map((room) => ({
  target: `./src/${room}`,
  from: [...rooms, 'app']
    .filter((other) => other !== room && !mayImport[room].includes(other))
    .map((other) => `./src/${other}`),
  message: `src/${room} may import only: ${mayImport[room].join(', ') || 'nothing else under src'}.`,
}));

const ownership = [...rooms, 'app'].map((room) => ({
  files: [`src/${room}/**`],
  // Fixtures are of tests alone, and read what lies beside them as those do.
  ignores: ['**/*.test.ts', '**/fixtures/**'],
  rules: {
    'no-restricted-imports': [
      'error',
      {
        patterns: [
          ...Object.entries(owner)
            .filter(([, only]) => only !== room)
            // A `?url` import is an address the host hands on, not a use of the package.
            .map(([name, only]) => ({
              regex: `^${name.replace('/*', '/')}(?!.*\\?url$)`,
              message: `Only src/${only} talks to ${name}.`,
            })),
          ...(room === 'cli' ? [] : [{ group: ['node:*'], message: 'Only src/cli runs in Node alone.' }]),
        ],
      },
    ],
  },
}));

const extensions = ['.ts', '.svelte.ts', '.svelte', '.js'];

export default ts.config(
  {
    ignores: [
      'dist/',
      'dist-portable/',
      'node_modules/',
      'training/',
      'test-results/',
      'playwright-report/',
      'public/',
    ],
  },
  ...ts.configs.recommended,
  ...svelte.configs['flat/recommended'],
  { files: ['**/*.svelte', '**/*.svelte.ts'], languageOptions: { parserOptions: { parser: ts.parser } } },
  {
    files: ['src/**/*.{ts,svelte}'],
    plugins: { 'import-x': importX },
    settings: {
      'import-x/resolver-next': [createTypeScriptImportResolver({ extensions }), createNodeResolver({ extensions })],
    },
    rules: {
      'import-x/no-restricted-paths': ['error', { zones }],
      'import-x/no-cycle': 'error',
      'import-x/no-default-export': 'error',
    },
  },
  { files: ['src/e2e/playwright.config.ts'], rules: { 'import-x/no-default-export': 'off' } },
  ...ownership,
  {
    files: pageless.map((room) => `src/${room}/**`),
    rules: { 'no-restricted-globals': ['error', 'document', 'window', 'localStorage'] },
  },
  {
    files: ['src/**/*.test.ts'],
    plugins: { vitest },
    rules: { 'vitest/valid-expect': 'error', 'vitest/expect-expect': 'error', 'vitest/no-focused-tests': 'error' },
  },
);
