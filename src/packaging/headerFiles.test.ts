import { expect, test } from 'vitest';
import { headersFor, opencvPolicy, pagePolicy } from '../offline/policy';
import { htaccess, nginxSnippet, underscoreHeaders } from './headerFiles';

test('only the worker of OpenCV.js may eval, and it may connect to nothing', () => {
  expect(pagePolicy).not.toMatch(/unsafe-inline|'unsafe-eval'/);
  expect(opencvPolicy).toContain("'unsafe-eval'");
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

test('no rule of _headers for the page covers the worker that may eval', () => {
  const places = underscoreHeaders()
    .split('\n')
    .filter((line) => line.startsWith('/'));
  expect(places).toContain('/sealed/*');
  expect(places).not.toContain('/*');
});
