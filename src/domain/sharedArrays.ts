/**
 * Arrays of a whole volume that the page and the worker look at in one memory, where the browser allows it (cross-origin
 * isolation): handing one over then copies nothing. They are written once, by whoever makes them, and only read after.
 */

/** Below it a copy costs nothing, and pictures stay what every interface of a browser takes. */
const leastShared = 2 ** 20;

const isShared = (length: number) => length >= leastShared && globalThis.crossOriginIsolated === true;

export function volumeFloats(length: number): Float32Array {
  const bytes = length * Float32Array.BYTES_PER_ELEMENT;
  return isShared(length) ? new Float32Array(new SharedArrayBuffer(bytes)) : new Float32Array(length);
}

export function volumeLabels(length: number): Uint16Array {
  const bytes = length * Uint16Array.BYTES_PER_ELEMENT;
  return isShared(length) ? new Uint16Array(new SharedArrayBuffer(bytes)) : new Uint16Array(length);
}
