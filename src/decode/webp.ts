/** WebP, lossy and lossless: libwebp as wasm (@jsquash/webp), the same bytes in the browser and in Node. */
import loadDecoder from '@jsquash/webp/codec/dec/webp_dec.js';
import type { AssetSource } from '../domain/assets';
import { checkDims } from './bounds';
import { exifOrientation } from './exif';
import { corrupt, truncated, unsupported } from './failures';
import type { Orientation, Pages } from './raster';

const format = 'WebP';

/** "RIFF", size, "WEBP". */
const fileHeaderBytes = 12;
/** Name and size. */
const chunkHeaderBytes = 8;

interface Chunks {
  readonly width: number;
  readonly height: number;
  readonly orientation: Orientation;
}

type Decoder = Awaited<ReturnType<typeof loadDecoder>>;

/** Loaded once; a failure is forgotten, so that the next file tries again. */
let loaded: Promise<Decoder> | undefined;

/** A decoder's memory never shrinks: after a larger picture than this (32 MiB of it) the next file gets a fresh one. */
const keptPixels = 2 ** 23;

/**
 * @throws PipelineFailure 'truncated-file', 'corrupt-file', 'unsupported-variant', 'image-too-small', 'image-too-large'
 */
export async function readWebp(bytes: Uint8Array, assets: AssetSource): Promise<Pages> {
  const { width, height, orientation } = readChunks(bytes);
  loaded ??= loadFrom(assets);
  const decoder = await loaded.catch((reason: unknown) => {
    loaded = undefined;
    throw reason;
  });
  const samples = decodePixels(decoder, bytes);
  if (width * height > keptPixels) loaded = undefined;
  if (samples.length !== 4 * width * height) throw corrupt(format, 'its header and its picture differ in size');
  return {
    count: 1,
    rasters: [{ width, height, channels: 4, samples, fullScale: 255, isEightBit: true, orientation }],
  };
}

async function loadFrom(assets: AssetSource): Promise<Decoder> {
  const program = await WebAssembly.compile((await assets('webp-decoder')).slice());
  const silent = () => undefined;
  return loadDecoder({
    noInitialRun: true,
    // Emscripten's way to be handed the program: it then fetches nothing.
    instantiateWasm: (imports: WebAssembly.Imports, receive: (instance: WebAssembly.Instance) => void) => {
      const instance = new WebAssembly.Instance(program, imports);
      receive(instance);
      return instance.exports;
    },
    print: silent,
    printErr: silent,
  });
}

/** @returns RGBA, not premultiplied */
function decodePixels(decoder: Decoder, bytes: Uint8Array): Uint8Array {
  let image: ImageData | null;
  try {
    image = decoder.decode(bytes.slice());
  } catch {
    // After a trap the instance is dead. Beside WebAssembly.RuntimeError, Emscripten throws bare numbers.
    loaded = undefined;
    throw corrupt(format, 'its pixels do not decode');
  }
  if (!image) throw corrupt(format, 'its pixels do not decode');
  const { data } = image;
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

/** Walks the RIFF chunks (WebP container specification; RFC 9649, section 2). */
function readChunks(bytes: Uint8Array): Chunks {
  if (bytes.length < fileHeaderBytes) throw truncated(format);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const fileEnd = chunkHeaderBytes + view.getUint32(4, true);
  if (fileEnd > bytes.length) throw truncated(format);
  let picture: readonly [width: number, height: number] | undefined;
  let orientation: Orientation = 1;
  for (let at = fileHeaderBytes; at < fileEnd;) {
    if (at + chunkHeaderBytes > fileEnd) throw truncated(format);
    const name = String.fromCharCode(...bytes.subarray(at, at + 4));
    const length = view.getUint32(at + 4, true);
    const start = at + chunkHeaderBytes;
    if (start + length > fileEnd) throw truncated(format);
    const content = bytes.subarray(start, start + length);
    if (name === 'ANIM' || name === 'ANMF') throw unsupported('animated WebP');
    if (name === 'VP8 ') picture ??= lossyDims(content);
    if (name === 'VP8L') picture ??= losslessDims(content);
    if (name === 'EXIF') orientation = exifOrientation(content);
    if (name === 'VP8X') {
      if (content.length < 10) throw corrupt(format, 'its header is too short');
      if (content[0]! & 2) throw unsupported('animated WebP');
      const canvas = (byte: number) => 1 + content[byte]! + content[byte + 1]! * 2 ** 8 + content[byte + 2]! * 2 ** 16;
      checkDims(format, canvas(4), canvas(7));
    }
    // Chunks are padded to even lengths.
    at = start + length + (length & 1);
  }
  if (!picture) throw corrupt(format, 'it has no picture in it');
  checkDims(format, ...picture);
  return { width: picture[0], height: picture[1], orientation };
}

/** RFC 6386, 9.1: three bytes of frame tag, three of start code, then two 14-bit sides. */
function lossyDims(content: Uint8Array): readonly [number, number] {
  if (content.length < 10) throw truncated(format);
  const isKeyFrame = content[3] === 0x9d && content[4] === 0x01 && content[5] === 0x2a;
  if (!isKeyFrame) throw corrupt(format, 'its picture does not start with a key frame');
  return [(content[6]! + content[7]! * 256) & 0x3fff, (content[8]! + content[9]! * 256) & 0x3fff];
}

/** RFC 9649, 3.4: a signature byte, then two sides of 14 bits, less 1. */
function losslessDims(content: Uint8Array): readonly [number, number] {
  if (content.length < 5) throw truncated(format);
  if (content[0] !== 0x2f) throw corrupt(format, 'its picture does not start with its signature');
  const bits = content[1]! + content[2]! * 2 ** 8 + content[3]! * 2 ** 16 + content[4]! * 2 ** 24;
  return [1 + (bits & 0x3fff), 1 + (Math.floor(bits / 2 ** 14) & 0x3fff)];
}
