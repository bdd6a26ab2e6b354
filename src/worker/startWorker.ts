import workerUrl from './worker.ts?worker&url';

/**
 * The worker, as a page starts it. Its name is the page's address: models and programs lie beside the page, and a
 * worker's own address says nothing about that.
 *
 * It starts from a blob, because only then does the page's policy bind it whatever the host sends: a worker started by
 * address has the policy of its own response, and on a plain host that is none (CSP3 §7.8, HTML "run a worker").
 */
export function startWorker(): Worker {
  const address = new URL(workerUrl, document.baseURI).href;
  const start = new Blob([`import ${JSON.stringify(address)};`], { type: 'text/javascript' });
  const blobUrl = URL.createObjectURL(start);
  const worker = new Worker(blobUrl, { type: 'module', name: document.baseURI });
  // Once it has started, or failed to, it is not read again.
  for (const event of ['message', 'error']) {
    worker.addEventListener(event, () => URL.revokeObjectURL(blobUrl), { once: true });
  }
  return worker;
}
