"""Probabilities of the network's picture → the slice's own pixels → a mask. Mirrors `src/postprocess`."""

import math

import numpy as np

from metsight.metrics import drop_small
from metsight.preprocess import INPUT_SIZE, fit_size, resample


def restore(probability: np.ndarray, rows: int, cols: int) -> np.ndarray:
    """(256, 256) float32 → (rows, cols) float32: undoes `preprocess.place`, by the same triangle filter."""
    fitted_rows, fitted_cols = fit_size(rows, cols, INPUT_SIZE)
    top, left = (INPUT_SIZE - fitted_rows) // 2, (INPUT_SIZE - fitted_cols) // 2
    fitted = probability[top : top + fitted_rows, left : left + fitted_cols]
    if fitted.shape == (rows, cols):
        return fitted
    return resample(fitted, rows, cols).astype(np.float32)


def min_pixels_for(min_lesion_px: float, rows: int, cols: int) -> int:
    """Pixels of the network's picture → whole pixels of a slice of this size, at least 1 (`minVoxelCountFor`)."""
    return max(1, math.floor(min_lesion_px * (max(rows, cols) / INPUT_SIZE) ** 2 + 0.5))


def delineate(probability: np.ndarray, threshold: float, min_pixels: int) -> np.ndarray:
    """Boolean mask of one slice: at or above the threshold, 8-connected components of at least `min_pixels`.

    The threshold is compared as float32, like the probabilities: 0.35 then includes a stored 0.35.
    """
    return drop_small(probability >= np.float32(threshold), min_pixels)
