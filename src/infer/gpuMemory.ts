/** What TensorFlow.js takes of the GPU's memory. It asks for any size and looks at no limit; beyond one it computes zeros. */
import { EngineFault } from './engine';

/** Of `BufferManager` in tfjs-backend-webgpu 4.22, private there: freed buffers by "size_usage", kept for ever. */
interface Pools {
  readonly freeBuffers: Map<string, GPUBuffer[]>;
  numFreeBuffers: number;
  numBytesAllocated: number;
}

/** Every buffer of this device is measured before it is made. What is too large for it is a fault, not an invalid buffer. */
export function refuseBeyondLimits(device: GPUDevice): void {
  const create = device.createBuffer.bind(device);
  const { maxBufferSize, maxStorageBufferBindingSize } = device.limits;
  device.createBuffer = (descriptor) => {
    const { size, usage } = descriptor;
    const limit = usage & GPUBufferUsage.STORAGE ? Math.min(maxBufferSize, maxStorageBufferBindingSize) : maxBufferSize;
    // Also true where a size is no number.
    if (!(size <= limit)) throw new EngineFault('out-of-memory', `${size} bytes are more than the GPU takes at once`);
    return create(descriptor);
  };
}

/** Destroys what is kept for reuse; buffers in use stay. @returns bytes given back */
export function emptyPools(bufferManager: object): number {
  const pools = bufferManager as Pools;
  let bytes = 0;
  for (const free of pools.freeBuffers.values()) {
    for (const buffer of free.splice(0)) {
      bytes += buffer.size;
      pools.numFreeBuffers--;
      buffer.destroy();
    }
  }
  pools.numBytesAllocated -= bytes;
  return bytes;
}
