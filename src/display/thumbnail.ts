/** A small picture of a volume's middle slice. */
import type { Volume } from '../domain/volume';
import type { Picture } from './paint';
import { extentOf, slicingOf } from './slicing';
import { autoWindow, shade } from './windowLevel';

/** Each small pixel is the mean of up to this many samples a side: enough against moiré. */
const samplesPerSide = 3;

/** @param longerSidePx  the picture's longer side; smaller volumes keep their size */
export function thumbnail(volume: Volume, longerSidePx: number): Picture {
  const slicing = slicingOf(volume.grid);
  const { picture, sliceCount, layout } = slicing;
  const first = layout.origin + Math.floor(sliceCount / 2) * layout.step.slice;
  const extent = extentOf(slicing);
  const scale = Math.min(1, longerSidePx / Math.max(...extent));
  const width = Math.max(1, Math.round(extent[0] * scale));
  const height = Math.max(1, Math.round(extent[1] * scale));
  const window = autoWindow(volume);
  const rgba = new Uint8ClampedArray(width * height * 4);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      let sum = 0;
      for (let below = 0; below < samplesPerSide; below++) {
        for (let right = 0; right < samplesPerSide; right++) {
          const col = Math.floor(((x + (right + 0.5) / samplesPerSide) / width) * picture[0]);
          const row = Math.floor(((y + (below + 0.5) / samplesPerSide) / height) * picture[1]);
          sum += shade(volume.intensities[first + col * layout.step.col + row * layout.step.row]!, window);
        }
      }
      const grey = (255 * sum) / samplesPerSide ** 2;
      rgba.set([grey, grey, grey, 255], 4 * (y * width + x));
    }
  }
  return { width, height, rgba };
}
