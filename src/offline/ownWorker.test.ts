import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { cameFromOwnWorker, ownRegistration } from './ownWorker';

const own = { scriptURL: 'https://site.example/app/sw.js' };
const others = { scriptURL: 'https://site.example/sw.js' };

beforeEach(() => {
  class Navigation {
    workerStart = 12;
  }
  vi.stubGlobal('document', { baseURI: 'https://site.example/app/index.html?backend=wasm' });
  vi.stubGlobal('PerformanceNavigationTiming', Navigation);
  vi.stubGlobal('performance', { getEntriesByType: () => [new Navigation()] });
});
afterEach(() => vi.unstubAllGlobals());

test('a page that another program’s service worker answers for has no policy from it', () => {
  vi.stubGlobal('navigator', { serviceWorker: { controller: others } });
  expect(cameFromOwnWorker()).toBe(false);
  vi.stubGlobal('navigator', { serviceWorker: { controller: own } });
  expect(cameFromOwnWorker()).toBe(true);
});

test('another program’s registration is not this one’s', async () => {
  const nearest = (workers: object) => {
    const registration = { installing: null, waiting: null, active: null, ...workers };
    vi.stubGlobal('navigator', { serviceWorker: { getRegistration: async () => registration } });
    return registration;
  };
  nearest({ active: others });
  expect(await ownRegistration()).toBeUndefined();
  const registration = nearest({ active: others, waiting: own });
  expect(await ownRegistration()).toBe(registration);
});
