/**
 * The worker, as a page starts it. Its name is the page's address: models and programs lie beside the page, and a
 * worker's own address says nothing about that (a bundler puts it in a folder of its own, or makes it a blob).
 */
export function startWorker(): Worker {
  return new Worker(new URL('./worker.ts', import.meta.url), { type: 'module', name: document.baseURI });
}
