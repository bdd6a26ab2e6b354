/** A mask's lesions as outlines in the acquisition's own slices. */
import type { Mask } from '../domain/volume';
import { type Box, type Outline, pixelOutlines } from './pixelOutlines';

export interface SliceOutlines {
  /** A lesion's id. */
  readonly id: number;
  readonly k: number;
  /** In corners of pixels along i and j: pixel [i, j] covers i to i + 1. */
  readonly outlines: readonly Outline[];
}

/** By rising k, within a slice by rising id. */
export function lesionContours({ grid, labels }: Mask): SliceOutlines[] {
  const [ni, nj, nk] = grid.dims;
  return Array.from({ length: nk }, (_, k) => {
    const slice = labels.subarray(k * ni * nj, (k + 1) * ni * nj);
    const boxes = [...labelBoxes(slice, ni)].sort(([a], [b]) => a - b);
    return boxes.map(([id, box]) => ({ id, k, outlines: pixelOutlines((i, j) => slice[i + ni * j] === id, box) }));
  }).flat();
}

/** Each label of a slice, and the smallest box around it. */
export function labelBoxes(slice: Uint16Array, width: number): ReadonlyMap<number, Box> {
  const boxes = new Map<number, Box>();
  slice.forEach((id, n) => {
    if (id === 0) return;
    const [x, y] = [n % width, Math.floor(n / width)];
    const box = boxes.get(id) ?? { left: x, top: y, right: x, bottom: y };
    boxes.set(id, { left: Math.min(box.left, x), top: box.top, right: Math.max(box.right, x), bottom: y });
  });
  return boxes;
}
