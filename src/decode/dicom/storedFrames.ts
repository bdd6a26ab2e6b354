/** The frames of a file as they are stored: only those asked for are read, one by one. */
import type { AssetSource } from '../../domain/assets';
import { maximumFileBytes } from '../bounds';
import { bytesOf } from '../byteSource';
import { corrupt, truncated } from '../failures';
import { encapsulatedFrames } from './encapsulated';
import { type DecodedFrame, decodeWithGdcm } from './gdcm';
import { format, type PixelElement } from './header';
import type { PixelFormat } from './pixelFormat';
import { decodeRle } from './rle';

/** @throws PipelineFailure 'truncated-file', 'corrupt-file': this frame is damaged, others may be whole */
export type StoredFrames = (frame: number) => Promise<DecodedFrame>;

export async function storedFrames(
  element: PixelElement,
  pixels: PixelFormat,
  frameCount: number,
  transferSyntax: string,
  assets: AssetSource,
): Promise<StoredFrames> {
  const { content, offset } = element;
  const { bitsAllocated, codec, frameBytes, rows, columns } = pixels;
  if (frameBytes !== undefined) {
    return async (frame) => {
      const start = offset + frame * frameBytes;
      const bytes = await bytesOf(content.slice(start, start + frameBytes));
      if (bytes.length < frameBytes) throw truncated(format);
      return { bytes: littleEndian(bytes, pixels), bitsAllocated };
    };
  }
  if (content.size - offset > maximumFileBytes) throw corrupt(format, 'its compressed frames are too large');
  const encapsulated = await bytesOf(content.slice(offset, content.size));
  let frames: readonly Uint8Array[] | undefined;
  return async (frame) => {
    frames ??= encapsulatedFrames(encapsulated, frameCount);
    const bytes = frames[frame];
    if (!bytes) throw truncated(format);
    if (codec === 'rle') return { bytes: decodeRle(bytes, rows * columns, bitsAllocated / 8), bitsAllocated };
    return decodeWithGdcm(bytes, transferSyntax, pixels, assets);
  };
}

/** Turns words around in place where they are big endian. */
function littleEndian(bytes: Uint8Array, { isBigEndian, isSwapped, bitsAllocated }: PixelFormat): Uint8Array {
  const wordBytes = isSwapped ? 2 : isBigEndian ? bitsAllocated / 8 : 1;
  if (wordBytes === 1) return bytes;
  for (let at = 0; at + wordBytes <= bytes.length; at += wordBytes) bytes.subarray(at, at + wordBytes).reverse();
  return bytes;
}
