/** What the status bar and the drop zone say of "nothing leaves": no more than the evidence holds. */
import type { Seal } from '../offline/Trust.svelte';
import { countText } from './words';

export interface Promised {
  readonly text: string;
  /** `closed`: every way out that a browser can close is. `open`: some may not be. `broken`: one was taken. */
  readonly kind: 'closed' | 'open' | 'broken';
}

/** @param elsewhereCount  requests of this page to other origins */
export function promised(seal: Seal, elsewhereCount: number): Promised {
  if (elsewhereCount > 0) {
    return { text: `${countText(elsewhereCount, 'request', 'requests')} to other places`, kind: 'broken' };
  }
  if (seal.kind === 'sealing') return { text: 'this page is being sealed', kind: 'open' };
  const text = 'nothing has left this computer';
  return seal.by === 'meta' ? { text: `${text}; not every way is closed`, kind: 'open' } : { text, kind: 'closed' };
}

/** For where files are chosen: what no policy closes for this page. Undefined where nothing needs to be said. */
export function openWaysText(seal: Seal): string | undefined {
  if (seal.kind === 'sealing' || seal.by !== 'meta') return undefined;
  return `Only the page’s own policy holds here (${seal.why}): it closes no WebRTC and no navigation. This program uses neither.`;
}
