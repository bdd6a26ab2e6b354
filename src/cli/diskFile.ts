/** A file on the disk as the pipeline takes files: read in parts, when they are asked for. */
import { open } from 'node:fs/promises';
import type { FileBytes } from '../domain/scan';

export class DiskFile implements FileBytes {
  readonly size: number;
  readonly #path: string;
  readonly #start: number;

  /** @param size  bytes from `start` on, which must lie in the file */
  constructor(path: string, size: number, start = 0) {
    this.#path = path;
    this.#start = start;
    this.size = size;
  }

  slice(start: number, end: number): DiskFile {
    const from = Math.min(Math.max(0, start), this.size);
    return new DiskFile(this.#path, Math.max(0, Math.min(end, this.size) - from), this.#start + from);
  }

  /** @throws Node's own error; RangeError if the file has become shorter meanwhile */
  async arrayBuffer(): Promise<ArrayBuffer> {
    const buffer = new ArrayBuffer(this.size);
    const handle = await open(this.#path, 'r');
    try {
      for (let read = 0; read < this.size;) {
        const { bytesRead } = await handle.read(new Uint8Array(buffer, read), 0, this.size - read, this.#start + read);
        if (bytesRead === 0) throw new RangeError(`the file ends ${this.size - read} bytes before its size`);
        read += bytesRead;
      }
    } finally {
      await handle.close();
    }
    return buffer;
  }
}
