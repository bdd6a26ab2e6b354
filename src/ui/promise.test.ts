import { expect, test } from 'vitest';
import type { Seal } from '../offline/Trust.svelte';
import { openWaysText, promised } from './promise';

const sealed = (by: 'service-worker' | 'headers' | 'one-file' | 'meta'): Seal => ({
  ...{ kind: 'sealed', by },
  ...(by === 'meta' && { why: 'plain http from another computer' }),
});

test('nothing is promised before the page is sealed', () => {
  expect(promised({ kind: 'sealing' }, 0)).toEqual({ text: 'this page is being sealed', kind: 'open' });
  expect(openWaysText({ kind: 'sealing' })).toBeUndefined();
});

test.each(['service-worker', 'headers', 'one-file'] as const)('under the policy of %s all is closed', (by) => {
  expect(promised(sealed(by), 0)).toEqual({ text: 'nothing has left this computer', kind: 'closed' });
  expect(openWaysText(sealed(by))).toBeUndefined();
});

test('where only the page’s own policy holds, the status bar and the drop zone say so', () => {
  expect(promised(sealed('meta'), 0)).toMatchObject({ text: expect.stringContaining('not every'), kind: 'open' });
  expect(openWaysText(sealed('meta'))).toContain('plain http from another computer');
});

test('a request to another place breaks the promise, whatever the policy', () => {
  expect(promised(sealed('service-worker'), 1)).toEqual({ text: '1 request to other places', kind: 'broken' });
  expect(promised({ kind: 'sealing' }, 2)).toEqual({ text: '2 requests to other places', kind: 'broken' });
});
