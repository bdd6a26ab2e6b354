/** A small picture of a volume's middle slice. */
import { voxelIndex } from '../domain/grid';
import type { Volume } from '../domain/volume';
import type { Picture } from './paint';
import { autoWindow, shade } from './windowLevel';

/** Each small pixel is the mean of up to this many samples a side: enough against moiré. */
const samplesPerSide = 3;

/** @param longerSidePx  the picture's longer side; smaller volumes keep their size */
export function thumbnail(volume: Volume, longerSidePx: number): Picture {
  const { grid, intensities } = volume;
  const [ni, nj, nk] = grid.dims;
  const k = Math.floor(nk / 2);
  const scale = Math.min(1, longerSidePx / Math.max(ni, nj));
  const width = Math.max(1, Math.round(ni * scale));
  const height = Math.max(1, Math.round(nj * scale));
  const window = autoWindow(volume);
  const rgba = new Uint8ClampedArray(width * height * 4);
  for (let row = 0; row < height; row++) {
    for (let col = 0; col < width; col++) {
      let sum = 0;
      for (let y = 0; y < samplesPerSide; y++) {
        for (let x = 0; x < samplesPerSide; x++) {
          const i = Math.floor(((col + (x + 0.5) / samplesPerSide) / width) * ni);
          const j = Math.floor(((row + (y + 0.5) / samplesPerSide) / height) * nj);
          sum += shade(intensities[voxelIndex(grid, i, j, k)]!, window);
        }
      }
      const grey = (255 * sum) / samplesPerSide ** 2;
      rgba.set([grey, grey, grey, 255], 4 * (row * width + col));
    }
  }
  return { width, height, rgba };
}
