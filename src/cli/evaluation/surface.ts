/** Distances between the outlines of two masks of one slice, row by row: `training/metsight/surface.py`. */
import { quantile } from './bootstrap';

export interface Raster {
  readonly cols: number;
  readonly rows: number;
}

/** Pixels of a mask (above 0) that have a 4-neighbour outside of it, 1 or 0; the picture's edge counts as outside. */
export function outlineOf(mask: ArrayLike<number>, { cols, rows }: Raster): Uint8Array {
  const edge = new Uint8Array(cols * rows);
  for (let at = 0; at < edge.length; at++) {
    if (mask[at]! === 0) continue;
    const col = at % cols;
    const isInner =
      col > 0 &&
      col < cols - 1 &&
      at >= cols &&
      at < cols * (rows - 1) &&
      mask[at - 1]! > 0 &&
      mask[at + 1]! > 0 &&
      mask[at - cols]! > 0 &&
      mask[at + cols]! > 0;
    edge[at] = isInner ? 0 : 1;
  }
  return edge;
}

/**
 * Euclidean distance in pixels from each pixel to the nearest one that is set; infinite where none is. Exact: the lower
 * envelope of parabolas, along columns, then along rows (Felzenszwalb and Huttenlocher, 2012).
 */
export function distanceTo(set: ArrayLike<number>, { cols, rows }: Raster): Float64Array {
  const squared = Float64Array.from({ length: cols * rows }, (_, at) => (set[at]! > 0 ? 0 : Infinity));
  for (let col = 0; col < cols; col++) envelopeInto(squared, col, cols, rows);
  for (let row = 0; row < rows; row++) envelopeInto(squared, row * cols, 1, cols);
  return squared.map(Math.sqrt);
}

/** Of `count` values from `start` on, `step` apart: each becomes the least of (value + squared distance) in its line. */
function envelopeInto(values: Float64Array, start: number, step: number, count: number) {
  const line = Float64Array.from({ length: count }, (_, i) => values[start + i * step]!);
  /** Where the parabolas of the envelope stand, and from where on each is the lowest. */
  const stands: number[] = [];
  const from: number[] = [];
  for (let i = 0; i < count; i++) {
    if (line[i] === Infinity) continue;
    let begin = -Infinity;
    while (stands.length > 0) {
      const last = stands.at(-1)!;
      begin = (line[i]! + i * i - line[last]! - last * last) / (2 * (i - last));
      if (begin > from.at(-1)!) break;
      stands.pop();
      from.pop();
      begin = -Infinity;
    }
    stands.push(i);
    from.push(begin);
  }
  for (let i = 0, k = 0; i < count && stands.length > 0; i++) {
    while (k + 1 < stands.length && from[k + 1]! < i) k++;
    values[start + i * step] = (i - stands[k]!) ** 2 + line[stands[k]!]!;
  }
}

/** 95th percentile of the distances from each outline to the other, both ways pooled; NaN if a mask is empty. */
export function hd95Px(predicted: ArrayLike<number>, truth: ArrayLike<number>, raster: Raster): number {
  const [own, other] = [outlineOf(predicted, raster), outlineOf(truth, raster)];
  if (!own.includes(1) || !other.includes(1)) return NaN;
  const [toOther, toOwn] = [distanceTo(other, raster), distanceTo(own, raster)];
  const distances = [toOther.filter((_, at) => own[at] === 1), toOwn.filter((_, at) => other[at] === 1)];
  return quantile(Float64Array.from(distances.flatMap((some) => [...some])).sort(), 0.95);
}
