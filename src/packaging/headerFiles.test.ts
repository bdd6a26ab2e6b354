import { expect, test } from 'vitest';
import { headersFor, opencvPolicy, pagePolicy } from '../offline/policy';
import { htaccess, nginxSnippet, underscoreHeaders } from './headerFiles';

test('nothing may eval, and the worker of OpenCV.js may connect to nothing', () => {
  for (const policy of [pagePolicy, opencvPolicy]) expect(policy).not.toMatch(/unsafe-inline|'unsafe-eval'/);
  expect(opencvPolicy).toContain("connect-src 'none'");
  expect(headersFor('sealed/opencvWorker-1.js')['Content-Security-Policy']).toBe(opencvPolicy);
  expect(headersFor('assets/worker-1.js')['Content-Security-Policy']).toBe(pagePolicy);
});

test.each([
  ['_headers', underscoreHeaders()],
  ['.htaccess', htaccess()],
  ['nginx.conf', nginxSnippet()],
])('%s says what the service worker says', (_, text) => {
  for (const [name, value] of Object.entries(headersFor(''))) {
    expect(text).toContain(name);
    expect(text).toContain(value);
  }
  expect(text).toContain(opencvPolicy);
});

test('no rule of _headers for the page covers the worker that may connect to nothing', () => {
  const places = underscoreHeaders()
    .split('\n')
    .filter((line) => line.startsWith('/'));
  expect(places).toContain('/sealed/*');
  expect(places).not.toContain('/*');
});
