/** Pictures, from the decoders' own fixtures: one of each way through a reader. */
import { crc32 } from '../decode/checksums';
import { canary, type Seed } from './seed';
import { jpegMarkers, pngChunks, riffChunks, tiffEntries } from './starts';

const files = {
  png: [
    'grey16', 'grey16-interlaced', 'grey16-alpha', 'grey8-orientation6', 'grey8-trns', 'grey4', 'grey1', 'palette4', 'palette8-trns', 'rgb16', 'rgb8-interlaced', 'rgb8-trns', 'rgba8',
  ],
  jpeg: [
    'grey-restart-progressive', 'grey-restart', 'orientation6', 'cmyk', 'ycck', 'rgb-420', 'rgb-420-progressive', 'rgb-420-restart', 'rgb-422', 'rgb-untransformed',
  ],
  webp: ['grey-lossless', 'rgba-lossless', 'rgb-lossy', 'rgba-lossy', 'grey-orientation5'],
  tiff: [
    'grey16-big-endian', 'lzw-predictor', 'lzw-16', 'planar-tiled-rgb16', 'tiled-lzw-16', 'packbits', 'packbits-16', 'pages-big-endian-lzw', 'palette', 'float32', 'deflate-16', 'deflate-predictor-rgb', 'float64-big-endian', 'grey2', 'rgba', 'orientation8', 'thumbnail',
  ],
} as const; // prettier-ignore

const endings = { png: 'png', jpeg: 'jpg', webp: 'webp', tiff: 'tif' } as const;
const starts = { png: pngChunks, jpeg: jpegMarkers, webp: riffChunks, tiff: tiffEntries } as const;

/** @param fixture  reads a file of `src/decode/fixtures` */
export function pictureSeeds(format: keyof typeof files, fixture: (file: string) => Uint8Array): readonly Seed[] {
  return files[format].map((name) => ({
    name,
    files: [{ path: `${canary}.${endings[format]}`, bytes: fixture(`${name}.${endings[format]}`) }],
    starts: starts[format],
    ...(format === 'png' ? { repair: withChecksums } : {}),
  }));
}

/** Every chunk's CRC made right again, as far as the chunks go. */
function withChecksums(png: Uint8Array): Uint8Array {
  const whole = png.slice();
  const view = new DataView(whole.buffer);
  for (const start of pngChunks(whole)) {
    const end = start + 8 + view.getUint32(start);
    if (end + 4 <= whole.length) view.setUint32(end, crc32(whole.subarray(start + 4, end), 0));
  }
  return whole;
}
