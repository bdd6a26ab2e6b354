/**
 * Mirror images: the mean of what a network says of a slice and of each, mirrored back. Twin of `training/metsight/flips.py`.
 *
 * Probabilities are averaged, not logits. A mean of probabilities is off by no more than the answers it is made of, so every
 * guard holds for it as for one answer; a logit is lost where float32 rounds its probability to 0 or 1.
 */
import * as tf from '@tensorflow/tfjs-core';
import type { Flip } from '../models/manifest';

/** Of `[1, rows, cols, channels]`, as the slice is looked at. */
const axisOf: Readonly<Record<Flip, 1 | 2>> = { 'left-right': 2, 'up-down': 1 };

/** One answer after the other: of a network as large as fits, two would not. To be called inside `tf.tidy`. */
export function meanOverFlips(
  ask: (slice: tf.Tensor4D) => tf.Tensor,
  slice: tf.Tensor4D,
  flips: readonly Flip[] = [],
): tf.Tensor {
  if (flips.length === 0) return ask(slice);
  const ofMirrorImages = flips.map((flip) => {
    const axis = axisOf[flip];
    return tf.reverse(ask(tf.reverse(slice, axis)), axis);
  });
  return tf.div(tf.addN([ask(slice), ...ofMirrorImages]), 1 + flips.length);
}
