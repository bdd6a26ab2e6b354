/** The faults, one a row: what is broken, from outside, and where. */
import { onGpu, onWasm } from './computing';
import { ever, flipped, host, hurry, octets, worker, type Fault, type Injection } from './fault';
import { onStorage, onWeights } from './weights';

const opencv = (id: string, what: string, more: Partial<Injection> = {}): Fault => ({
  id,
  what,
  injection: { into: 'opencv', name: id.replace(/-(once|ever|late)$/, ''), ...more },
  isBare: false,
});

const onRest: readonly Fault[] = [
  host('opencv-404', 'OpenCV.js is not there', /opencv.*\.bin$/, () => ({ status: 404, body: Buffer.alloc(0) }), {
    isBare: false,
  }),
  host('opencv-flipped', 'a bit of OpenCV.js is flipped', /opencv.*\.bin$/, (body) => octets(flipped(body)), {
    isBare: false,
  }),
  worker('opencv-worker-missing', 'the worker of OpenCV.js is not there'),
  opencv('clahe-closes', 'the worker of OpenCV.js ends in the middle', { at: 2, hurry: true }),
  opencv('clahe-throws', 'the worker of OpenCV.js throws', { at: 2 }),
  opencv('clahe-short-once', 'CLAHE’s answer is cut short', { at: 2 }),
  opencv('clahe-zeros-ever', 'CLAHE’s answer is black', ever),
  opencv('clahe-none-once', 'CLAHE’s answer holds no picture', { at: 2 }),
  worker('worker-closes', 'the worker ends without a word', hurry, { isShort: true }),
  worker('worker-closes-at-load', 'the worker ends while it loads', hurry),
  worker('worker-hangs', 'the worker hangs', hurry),
  worker('worker-throws', 'the worker throws'),
  worker('worker-rejects', 'a promise in the worker is rejected'),
  worker('memory-refused-once', 'an array finds no memory'),
  worker('memory-refused-ever', 'no large array finds memory', ever),
  host(
    'worker-404',
    'the worker’s program is not there',
    /worker-[^/]*\.js$/,
    () => ({ status: 404, body: Buffer.alloc(0) }),
    { isBare: false },
  ),
];

export const faults: readonly Fault[] = [...onGpu, ...onWasm, ...onWeights, ...onStorage, ...onRest];
