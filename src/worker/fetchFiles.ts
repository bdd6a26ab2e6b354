/** What the worker fetches, all of it from where the page came from or from inside it: parts of the program, and models. */
import opencvUrl from 'virtual:opencv.js.gz';
import webpDecoderUrl from '@jsquash/webp/codec/dec/webp_dec.wasm?url';
// The package exports no file of its own accord. It lies packed (zstd), and is unpacked where it is used.
import gdcmUrl from '../../node_modules/@itk-wasm/image-io/dist/pipelines/gdcm-read-image.wasm.zst?url';
import type { AssetName, AssetSource, ModelSource } from '../domain/assets';
import { PipelineFailure } from '../domain/errors';
import type { AddressOf } from '../domain/programFiles';

const assets: Record<AssetName, { readonly url: string; readonly part: string }> = {
  opencv: { url: opencvUrl, part: 'the contrast step (OpenCV)' },
  'webp-decoder': { url: webpDecoderUrl, part: 'the WebP reader' },
  gdcm: { url: gdcmUrl, part: 'the reader of compressed DICOM (GDCM)' },
};

/** Called as bytes arrive, with how many came since the last call. */
type OnBytes = (byteCount: number) => Promise<void>;

/** The source throws PipelineFailure `program-unreachable`. */
export function assetSource(addressOf: AddressOf): AssetSource {
  return async (name) => {
    const { url, part } = assets[name];
    try {
      return await inflated(await fetchBytes(addressOf(url)));
    } catch {
      throw new PipelineFailure({ code: 'program-unreachable', part });
    }
  };
}

/** A model's files. The source throws PipelineFailure `model-unreachable`, or what `onBytes` throws. */
export function modelSource(addressOf: AddressOf, modelId: string, onBytes: OnBytes): ModelSource {
  const asked = new Set<string>();
  return async (path) => {
    const url = addressOf(`models/${modelId}/${path}`);
    // Asked anew each time: a new manifest must not meet old weights from the browser's HTTP cache. What is wanted a second
    // time was damaged the first time, perhaps in that cache.
    const cache = asked.has(path) ? 'reload' : 'no-cache';
    asked.add(path);
    let interrupted: unknown;
    try {
      const tell: OnBytes = (byteCount) =>
        onBytes(byteCount).catch((thrown: unknown) => {
          interrupted = thrown;
          throw thrown;
        });
      return await fetchBytes(url, tell, cache);
    } catch {
      throw interrupted ?? new PipelineFailure({ code: 'model-unreachable', modelId, file: path });
    }
  };
}

/** @throws Error for anything but the file itself: hosts answer a missing file with 404, or with a page of their own */
async function fetchBytes(url: string, onBytes?: OnBytes, cache: RequestCache = 'default'): Promise<Uint8Array> {
  const response = await fetch(url, { cache });
  const type = response.headers.get('content-type') ?? '';
  if (!response.ok || !response.body || type.startsWith('text/html')) throw new Error(`${response.status} ${type}`);
  const chunks: Uint8Array<ArrayBuffer>[] = [];
  const reader = response.body.getReader();
  try {
    for (let read = await reader.read(); !read.done; read = await reader.read()) {
      chunks.push(read.value);
      await onBytes?.(read.value.length);
    }
  } catch (thrown) {
    await reader.cancel().catch(() => undefined);
    throw thrown;
  }
  return new Uint8Array(await new Blob(chunks).arrayBuffer());
}

/**
 * Large programs lie gzipped on the host, since not every host compresses; one that does may have undone it already.
 * RFC 1952 §2.3.1: a gzip member begins with 1f 8b.
 */
async function inflated(bytes: Uint8Array): Promise<Uint8Array> {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) return bytes;
  const stream = new Blob([bytes as Uint8Array<ArrayBuffer>]).stream().pipeThrough(new DecompressionStream('gzip'));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}
