import { afterEach, expect, test, vi } from 'vitest';
import { pagePolicy } from './policy';
import type { Release } from './release';
import { Server } from './serve';
import type { Shelf } from './shelf';

const scope = 'https://site.example/app/';
const server = new Server(scope, { id: 'a', files: [], shell: [] } as unknown as Release, {} as Shelf);

afterEach(() => vi.unstubAllGlobals());

test('an address that cannot be decoded is answered under the policy like any other', async () => {
  vi.stubGlobal('fetch', async () => new Response('the host’s', { status: 404 }));
  expect(server.pathOf(`${scope}models/a%20b.bin`)).toBe('models/a b.bin');
  const response = await server.answer(new Request(`${scope}%ff.html`));
  expect([response.status, response.headers.get('content-security-policy')]).toEqual([404, pagePolicy]);
});

test('where the host sends a request on, it is not followed', async () => {
  const fetched: Request[] = [];
  vi.stubGlobal('fetch', async (request: Request, init?: RequestInit) => {
    fetched.push(new Request(request, init));
    return { type: 'opaqueredirect' };
  });
  const answer = await server.answer(new Request(`${scope}elsewhere`, { method: 'POST', body: 'secret' }));
  expect(answer.type).toBe('opaqueredirect');
  expect(fetched.map(({ redirect }) => redirect)).toEqual(['manual']);
});
