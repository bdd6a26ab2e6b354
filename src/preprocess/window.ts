/** Step 1 of the recipe: intensities of any depth → bytes. Twin of `training/metsight/preprocess.py`. */

const EXPONENT = 0x7f800000;
const MAGNITUDE = 0x7fffffff;
const SIGN = 0x80000000;

/**
 * The floor(percent / 100 · (n − 1))-th smallest of the n finite non-zero values: always a value that occurs.
 *
 * @param percent  0 to 100
 * @returns undefined where no value is finite and non-zero
 *
 * Selects by the bits of the float32 instead of sorting: the upper 16 bits first, then the lower 16 among the values
 * that share them. Two passes over a volume of any size, no copy, and no order of storage makes it slow.
 */
export function orderStatistic(values: Float32Array, percent: number): number | undefined {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const upper = new Uint32Array(0x10000);
  let counted = 0;
  for (let n = 0; n < bits.length; n++) {
    if (!isCounted(bits[n]!)) continue;
    upper[sortKey(bits[n]!) >>> 16]!++;
    counted++;
  }
  if (counted === 0) return undefined;
  const high = locate(upper, Math.floor((percent / 100) * (counted - 1)));

  const lower = new Uint32Array(0x10000);
  for (let n = 0; n < bits.length; n++) {
    if (!isCounted(bits[n]!)) continue;
    const key = sortKey(bits[n]!);
    if (key >>> 16 === high.bin) lower[key & 0xffff]!++;
  }
  return valueOfKey((high.bin << 16) | locate(lower, high.rank).bin);
}

/**
 * Linear window between two percentiles of the finite non-zero voxels, to 0..255, rounded half up and clipped.
 *
 * @param intensities  one whole Volume, any range; NaN and infinities become 0
 * @param window  percentiles, 0 to 100
 * @returns bytes in the order given. A volume without two different values in the window becomes 0 up to the low value
 *   and 255 above; one without any finite non-zero value becomes 0.
 */
export function windowToBytes(
  intensities: Float32Array,
  window: { readonly low: number; readonly high: number },
): Uint8Array {
  const bytes = new Uint8Array(intensities.length);
  const low = orderStatistic(intensities, window.low);
  const high = orderStatistic(intensities, window.high);
  if (low === undefined || high === undefined) return bytes;
  const range = high - low;
  for (let n = 0; n < bytes.length; n++) {
    const value = intensities[n]!;
    if (!Number.isFinite(value)) continue;
    if (range <= 0) bytes[n] = value > low ? 255 : 0;
    else bytes[n] = Math.min(255, Math.max(0, Math.floor(((value - low) / range) * 255 + 0.5)));
  }
  return bytes;
}

function isCounted(bits: number): boolean {
  return (bits & EXPONENT) !== EXPONENT && (bits & MAGNITUDE) !== 0;
}

/** Whole numbers in the order of the float32 values: negative ones reversed, then the positive ones. */
function sortKey(bits: number): number {
  return (bits & SIGN ? ~bits : bits | SIGN) >>> 0;
}

function valueOfKey(key: number): number {
  return new Float32Array(Uint32Array.of(key & SIGN ? key ^ SIGN : ~key).buffer)[0]!;
}

/** The bin that holds the rank-th smallest, and its rank within the bin. */
function locate(histogram: Uint32Array, rank: number): { readonly bin: number; readonly rank: number } {
  let bin = 0;
  let left = rank;
  while (left >= histogram[bin]!) left -= histogram[bin++]!;
  return { bin, rank: left };
}
