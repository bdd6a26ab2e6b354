/** Changing the size of a picture. The twin of `training/metsight/preprocess.py`, equal to the last bit. */

/** What one target pixel is made of: `weights[n]` of source pixel `first + n`; they sum to 1. */
export interface Taps {
  readonly first: number;
  readonly weights: Float64Array;
}

/**
 * For each target pixel the taps of a triangle filter.
 *
 * Half-pixel centres; the triangle is one pixel of the coarser grid to each side, so enlarging is bilinear and reducing
 * is anti-aliased (as Pillow's BILINEAR).
 */
export function resampleWeights(source: number, target: number): readonly Taps[] {
  const scale = source / target;
  const support = Math.max(scale, 1);
  return Array.from({ length: target }, (_, t) => {
    const centre = (t + 0.5) * scale;
    let first = Math.max(0, Math.floor(centre - support));
    const last = Math.min(source - 1, Math.ceil(centre + support) - 1);
    // Zero weights come only at the ends of the triangle; they are left out.
    const weights: number[] = [];
    let total = 0;
    for (let i = first; i <= last; i++) {
      const weight = Math.max(0, 1 - Math.abs((i + 0.5 - centre) / support));
      total += weight;
      if (weight > 0) weights.push(weight);
      else if (weights.length === 0) first = i + 1;
    }
    return { first, weights: Float64Array.from(weights, (weight) => weight / total) };
  });
}

/**
 * A picture at another size: along columns first, then along rows, each sum in float64 and in rising index order.
 *
 * @param values  rows × cols, row by row; any range, NaN spreads to the pixels that touch it
 * @returns targetRows × targetCols, row by row; at equal size the values themselves
 */
export function resample(
  values: ArrayLike<number>,
  rows: number,
  cols: number,
  targetRows: number,
  targetCols: number,
): Float64Array {
  if (values.length !== rows * cols) {
    throw new RangeError(`A picture of ${rows} × ${cols} must have ${rows * cols} values. Received ${values.length}.`);
  }
  if (rows === targetRows && cols === targetCols) return Float64Array.from(values);
  return alongRows(alongColumns(values, rows, cols, targetCols), rows, targetCols, targetRows);
}

/** rows × cols → rows × target */
function alongColumns(values: ArrayLike<number>, rows: number, cols: number, target: number): Float64Array {
  const taps = resampleWeights(cols, target);
  const out = new Float64Array(rows * target);
  for (let row = 0; row < rows; row++) {
    for (let t = 0; t < target; t++) {
      const { first, weights } = taps[t]!;
      const from = row * cols + first;
      let sum = 0;
      for (let n = 0; n < weights.length; n++) sum += weights[n]! * values[from + n]!;
      out[row * target + t] = sum;
    }
  }
  return out;
}

/** rows × cols → target × cols */
function alongRows(values: Float64Array, rows: number, cols: number, target: number): Float64Array {
  const out = new Float64Array(target * cols);
  resampleWeights(rows, target).forEach(({ first, weights }, t) => {
    for (let n = 0; n < weights.length; n++) {
      const weight = weights[n]!;
      const from = (first + n) * cols;
      for (let col = 0; col < cols; col++) out[t * cols + col]! += weight * values[from + col]!;
    }
  });
  return out;
}

/** The size at which the longer side is `size`; the shorter is rounded half up and at least 1. */
export function fitSize(rows: number, cols: number, size: number): { readonly rows: number; readonly cols: number } {
  const longer = Math.max(rows, cols);
  const fit = (side: number) => Math.max(1, Math.floor((side * size) / longer + 0.5));
  return { rows: fit(rows), cols: fit(cols) };
}
