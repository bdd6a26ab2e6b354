/** This program's service worker among those of its origin: another program there may have one for the whole of it. */

export const ownAddress = () => new URL('sw.js', document.baseURI);

export const isOwn = (worker: ServiceWorker | null | undefined): worker is ServiceWorker =>
  worker?.scriptURL === ownAddress().href;

/** The one that answers for this page. */
export function ownController(): ServiceWorker | undefined {
  const controller = navigator.serviceWorker?.controller;
  return isOwn(controller) ? controller : undefined;
}

/** The browser gives the nearest one, whoever made it. */
export async function ownRegistration(): Promise<ServiceWorkerRegistration | undefined> {
  const nearest = await navigator.serviceWorker?.getRegistration();
  return nearest && [nearest.installing, nearest.waiting, nearest.active].some(isOwn) ? nearest : undefined;
}

/** The document itself was answered by it, so it carries the policy. */
export function cameFromOwnWorker(): boolean {
  const [navigation] = performance.getEntriesByType('navigation');
  const isAnswered = navigation instanceof PerformanceNavigationTiming && navigation.workerStart > 0;
  return isAnswered && ownController() !== undefined;
}
