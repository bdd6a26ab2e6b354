import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { headersFor, opencvPolicy, pagePolicy } from '../offline/policy';
import { htaccess, nginxSnippet, underscoreHeaders } from './headerFiles';
import { headerRules, rulesFor } from './fixtures/headerRules';
import { filesIn } from './releasePlugin';

/** What is copied into a build as it is, and of what is made there one of each kind. */
const paths = [
  ...filesIn(fileURLToPath(new URL('../../public', import.meta.url))),
  ...['index.html', 'sw.js', 'assets.json', 'nginx.conf', 'assets/index-1.js', 'assets/tfjs/a.wasm'],
  'sealed/opencvWorker-1.js',
];

test('nothing may eval, and the worker of OpenCV.js may connect to nothing', () => {
  for (const policy of [pagePolicy, opencvPolicy]) expect(policy).not.toMatch(/unsafe-inline|'unsafe-eval'/);
  expect(opencvPolicy).toContain("connect-src 'none'");
  expect(headersFor('sealed/opencvWorker-1.js')['Content-Security-Policy']).toBe(opencvPolicy);
  expect(headersFor('assets/worker-1.js')['Content-Security-Policy']).toBe(pagePolicy);
});

test.each([
  ['_headers', underscoreHeaders(paths)],
  ['.htaccess', htaccess()],
  ['nginx.conf', nginxSnippet()],
])('%s says what the service worker says', (_, text) => {
  for (const [name, value] of Object.entries(headersFor(''))) {
    expect(text).toContain(name);
    expect(text).toContain(value);
  }
  expect(text).toContain(opencvPolicy);
});

test('every file of a build is matched by one rule of _headers, with the policy it is to have', () => {
  const rules = headerRules(underscoreHeaders(paths));
  for (const path of ['', ...paths, 'predict/']) {
    const [rule, ...more] = rulesFor(`/${path}`, rules);
    expect([path, rule?.headers, more]).toEqual([path, headersFor(path), []]);
  }
  expect(paths).toEqual(expect.arrayContaining(['icon.svg', 'icon-maskable.svg', 'metsight.webmanifest']));
});
