/** "Forget everything": what this program has put on this computer, place by place. */
import { ownRegistration } from './ownWorker';
import { isOurCache } from './shelf';

/** Set while a tab reloads once to come under the service worker; says whether something was dropped before, nothing of it. */
export const reloadMark = 'metsight-reloaded';

export interface Forgotten {
  /** Places that the browser did not let this page clear; where it keeps nothing for a page, these are empty anyway. */
  readonly failed: readonly string[];
  /** Another tab still uses what was forgotten: the browser drops it when that one is closed. */
  readonly isHeldElsewhere: boolean;
}

/**
 * Never rejects: a place that cannot be cleared keeps none of the others from being tried.
 *
 * @param isOneFile  the program came as one file: it has no service worker, and from `file:` even asking for one is an error
 * @param tell  has a service worker keep nothing from now on
 */
export async function forgetAll(
  isOneFile: boolean,
  tell: (worker: ServiceWorker) => Promise<void>,
): Promise<Forgotten> {
  let isHeldElsewhere = false;
  const places: readonly (readonly [place: string, clear: () => Promise<unknown>])[] = [
    ...(isOneFile
      ? []
      : ([
          ['the service worker', () => unregister(tell)],
          ['the program’s files', clearCaches],
        ] as const)),
    ['the networks', async () => (isHeldElsewhere = (await deleteDatabase()) === 'blocked')],
    ['this tab’s mark', async () => sessionStorage.removeItem(reloadMark)],
  ];
  const failed: string[] = [];
  for (const [place, clear] of places) await clear().catch(() => failed.push(place));
  return { failed, isHeldElsewhere };
}

async function unregister(tell: (worker: ServiceWorker) => Promise<void>) {
  const registration = await ownRegistration();
  if (!registration) return;
  const { installing, waiting, active } = registration;
  // One that cannot be told goes all the same.
  for (const worker of [installing, waiting, active]) if (worker) await tell(worker).catch(() => undefined);
  await registration.unregister();
}

async function clearCaches() {
  if (!('caches' in globalThis)) return;
  for (const name of await caches.keys()) if (isOurCache(name)) await caches.delete(name);
}

/** The database of `storage/store.ts`. */
const deleteDatabase = () =>
  new Promise<'deleted' | 'blocked'>((resolve, reject) => {
    const request = indexedDB.deleteDatabase('metsight');
    request.onsuccess = () => resolve('deleted');
    request.onerror = () => reject(request.error ?? new Error('IndexedDB could not be deleted'));
    request.onblocked = () => resolve('blocked');
  });
