"""Probabilities of the network's picture → the slice's own pixels → a mask. Mirrors `src/postprocess`."""

import math

import numpy as np

from metsight.metrics import drop_small
from metsight.preprocess import INPUT_SIZE, Placement, fit_size, resample


def restore(probability: np.ndarray, rows: int, cols: int) -> np.ndarray:
    """(256, 256) float32 → (rows, cols) float32: undoes `preprocess.place`, by the same triangle filter."""
    fitted_rows, fitted_cols = fit_size(rows, cols, INPUT_SIZE)
    top, left = (INPUT_SIZE - fitted_rows) // 2, (INPUT_SIZE - fitted_cols) // 2
    fitted = probability[top : top + fitted_rows, left : left + fitted_cols]
    if fitted.shape == (rows, cols):
        return fitted
    return resample(fitted, rows, cols).astype(np.float32)


def restore_volume(pictures: np.ndarray, placement: Placement) -> np.ndarray:
    """(n, 256, 256) → (ni, nj, nk) float32: undoes `preprocess.preprocess_volume`. Windows are blended, each plane is
    resampled by the triangle filter that made it; where no window lies the probability is 0."""
    shape = tuple(placement.dims[axis] for axis in reversed(placement.frame.axes))
    slices = np.zeros(shape, np.float32)
    size = pictures.shape[1]
    # Rises from a window's edges to its middle by one a pixel: where two windows overlap, the blend is linear.
    tent = np.minimum(np.arange(size) + 0.5, size - np.arange(size) - 0.5)
    weights = tent[:, None] * tent[None, :]
    cuts = [_cut(top, left, size, placement.plane) for top, left in placement.windows]
    total = np.zeros(placement.plane)
    for on_plane, in_window in cuts:
        total[on_plane] += weights[in_window]
    for n, index in enumerate(placement.slices):
        blended = np.zeros(placement.plane)
        for picture, (on_plane, in_window) in zip(pictures[n * len(cuts) :], cuts, strict=False):
            blended[on_plane] += weights[in_window] / total[on_plane] * picture[in_window]
        slices[index] = blended if blended.shape == shape[1:] else resample(blended, *shape[1:])
    return placement.frame.from_slices(slices)


def _cut(top: int, left: int, size: int, plane: tuple[int, int]) -> tuple[tuple[slice, slice], tuple[slice, slice]]:
    """The part of a window that lies on the plane, in the plane's pixels and in the window's."""
    spans = [(max(0, start), min(side, start + size), start) for start, side in zip((top, left), plane, strict=True)]
    return (
        tuple(slice(first, end) for first, end, _ in spans),
        tuple(slice(first - start, end - start) for first, end, start in spans),
    )


def min_pixels_for(min_lesion_px: float, rows: int, cols: int) -> int:
    """Pixels of the network's picture → whole pixels of a slice of this size, at least 1 (`minVoxelCountFor`)."""
    return max(1, math.floor(min_lesion_px * (max(rows, cols) / INPUT_SIZE) ** 2 + 0.5))


def delineate(probability: np.ndarray, threshold: float, min_pixels: int) -> np.ndarray:
    """Boolean mask of one slice: at or above the threshold, 8-connected components of at least `min_pixels`.

    The threshold is compared as float32, like the probabilities: 0.35 then includes a stored 0.35.
    """
    return drop_small(probability >= np.float32(threshold), min_pixels)
