import { afterEach, expect, test, vi } from 'vitest';
import { isActive, Trust } from './Trust.svelte';

const worker = (state: ServiceWorkerState) => Object.assign(new EventTarget(), { state }) as unknown as ServiceWorker;
const registration = (workers: Partial<Record<'installing' | 'waiting' | 'active', ServiceWorker>>) =>
  ({ installing: null, waiting: null, active: null, ...workers }) as unknown as ServiceWorkerRegistration;

test('an active worker is enough, whatever waits behind it', async () => {
  const active = worker('activated');
  expect(await isActive(registration({ active, waiting: worker('installed') }))).toBe(true);
  expect(await isActive(registration({ active, installing: worker('installing') }))).toBe(true);
  expect(await isActive(registration({}))).toBe(false);
});

test.each([
  ['activated', true],
  ['redundant', false],
] as const)('a first one is waited for until it is %s', async (state, isEnough) => {
  const installing = worker('installing');
  const answered = isActive(registration({ installing }));
  Object.assign(installing, { state });
  installing.dispatchEvent(new Event('statechange'));
  expect(await answered).toBe(isEnough);
});

afterEach(() => vi.unstubAllGlobals());

test('where the browser forbids its caches, nothing is kept, and all else can be shown', async () => {
  vi.stubGlobal('document', { baseURI: 'https://site.example/app/' });
  const has = async () => {
    throw new DOMException('blocked', 'SecurityError');
  };
  vi.stubGlobal('caches', { has });
  const trust = new Trust({ pageUrl: 'https://site.example/app/', inside: new Map() });
  expect(await trust.keptPaths()).toEqual([]);
});
