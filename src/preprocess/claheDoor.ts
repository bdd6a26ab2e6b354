/** Where a browser keeps OpenCV.js: in a worker by address, whose response alone may eval and may connect to nothing. */
import type { ClaheDoor } from './claheLink';

export function openClaheDoor(): ClaheDoor {
  const worker = new Worker(new URL('./opencvWorker.ts', import.meta.url), { type: 'module', name: 'opencv' });
  return {
    postMessage: (message, transfer) => worker.postMessage(message, transfer),
    addEventListener: (type, listen) => worker.addEventListener(type, listen),
    close: () => worker.terminate(),
  };
}
