import { isOneFile, type ProgramFiles } from '../domain/programFiles';
import type { Begin } from './protocol';
import workerUrl from './worker.ts?worker&url';

/**
 * The worker, as a page starts it, told where the program's files are: its own address says nothing about that.
 *
 * It starts from a blob, because only then does the page's policy bind it whatever the host sends: a worker started by
 * address has the policy of its own response, and on a plain host that is none (CSP3 §7.8, HTML "run a worker").
 */
export function startWorker(files: ProgramFiles): Worker {
  const blobUrl = URL.createObjectURL(files.inside.get(workerUrl) ?? importing(new URL(workerUrl, files.pageUrl)));
  // Chromium starts no module worker from a page that has no origin.
  const worker = new Worker(blobUrl, { type: isOneFile(files) ? 'classic' : 'module' });
  // Once it has started, or failed to, it is not read again.
  for (const event of ['message', 'error']) {
    worker.addEventListener(event, () => URL.revokeObjectURL(blobUrl), { once: true });
  }
  worker.postMessage({ kind: 'begin', files } satisfies Begin);
  return worker;
}

const importing = ({ href }: URL) => new Blob([`import ${JSON.stringify(href)};`], { type: 'text/javascript' });
