/** Which intensities are shown as black and as white. */
import type { Volume, WindowLevel } from '../domain/volume';

export interface WindowPreset {
  readonly name: string;
  readonly window: WindowLevel;
}

/** A window that shows `low` as black and `high` as white. PS3.3 C.11.2.1.2.1: the ends lie at center − 0.5 ± (width − 1) / 2. */
export function windowBetween(low: number, high: number): WindowLevel {
  const width = Math.max(high - low, 1e-6) + 1;
  return { center: low + (width - 1) / 2 + 0.5, width };
}

/** 0 (black) to 1 (white) for one intensity: function LINEAR of PS3.3 C.11.2.1.2.1; what is no number is air. */
export function shade(intensity: number, { center, width }: WindowLevel): number {
  if (Number.isNaN(intensity)) return 0;
  const share = (intensity - (center - 0.5)) / (width - 1) + 0.5;
  return Math.min(1, Math.max(0, share));
}

/** Every n-th voxel is enough for a percentile of a picture: at most this many are sorted. */
const sampleCount = 100_000;

/** Finite non-zero intensities, ascending: zero is the scanner's air. */
function sortedForeground(intensities: Float32Array): Float32Array {
  const step = Math.max(1, Math.floor(intensities.length / sampleCount));
  const kept: number[] = [];
  for (let index = 0; index < intensities.length; index += step) {
    const value = intensities[index]!;
    if (Number.isFinite(value) && value !== 0) kept.push(value);
  }
  return Float32Array.from(kept).sort();
}

function percentile(ascending: Float32Array, percent: number): number {
  const place = Math.round((percent / 100) * (ascending.length - 1));
  return ascending[place] ?? 0;
}

/** 8-bit pictures come windowed: their full range. Deeper ones: the range the recipe uses, 0.5 to 99.5 percent. */
export function autoWindow({ intensities, isEightBit }: Volume): WindowLevel {
  if (isEightBit) return windowBetween(0, 255);
  const foreground = sortedForeground(intensities);
  return windowBetween(percentile(foreground, 0.5), percentile(foreground, 99.5));
}

/** In the order in which the `W` key steps through them. */
export function windowPresets(volume: Volume): readonly WindowPreset[] {
  const foreground = sortedForeground(volume.intensities);
  const between = (low: number, high: number) =>
    windowBetween(percentile(foreground, low), percentile(foreground, high));
  return [
    { name: volume.isEightBit ? 'Full range' : 'Automatic', window: autoWindow(volume) },
    { name: 'Brain', window: between(20, 98) },
    { name: 'Bright rims', window: between(60, 99.9) },
    { name: 'Dark', window: between(0, 70) },
  ];
}
