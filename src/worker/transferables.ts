/** Which arrays of a reply change hands instead of being copied: the worker keeps none of what it made. */
import type { Reply } from './protocol';

export function transferables(reply: Reply): ArrayBuffer[] {
  if (reply.kind === 'progress') return reply.partial ? owned([reply.partial.probabilities]) : [];
  if (reply.kind !== 'done') return [];
  switch (reply.name) {
    case 'decode':
      return owned([reply.output.volume.intensities]);
    case 'equalize':
      return owned([reply.output.equalized]);
    case 'segment':
      return owned([reply.output.map.probabilities]);
    case 'delineate':
      return owned([reply.output.mask.labels]);
    case 'export':
      return owned([reply.output.bytes]);
    default:
      return [];
  }
}

/** Only buffers that hold this one array and nothing else. */
function owned(arrays: readonly (Float32Array | Uint8Array | Uint16Array)[]): ArrayBuffer[] {
  return arrays.flatMap(({ buffer, byteLength }) =>
    buffer instanceof ArrayBuffer && buffer.byteLength === byteLength ? [buffer] : [],
  );
}
