/** In a browser OpenCV.js is kept in a worker of its own, whose response allows no connection at all. */
import type { ClaheDoor } from './claheLink';

export const doorTo = (worker: Worker): ClaheDoor => ({
  postMessage: (message, transfer) => worker.postMessage(message, transfer),
  addEventListener: (type, listen) => worker.addEventListener(type, listen),
  close: () => worker.terminate(),
});
