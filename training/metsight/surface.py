"""Distances between the outlines of two masks."""

import cv2
import numpy as np


def outline(mask: np.ndarray) -> np.ndarray:
    """Pixels of a boolean mask that have a 4-neighbour outside of it; the picture's edge counts as outside."""
    inside = cv2.erode(
        mask.astype(np.uint8), cv2.getStructuringElement(cv2.MORPH_CROSS, (3, 3)), borderValue=0,
        borderType=cv2.BORDER_CONSTANT,
    )  # fmt: skip
    return mask & (inside == 0)


def distance_to(mask: np.ndarray) -> np.ndarray:
    """(rows, cols) float32: Euclidean distance in pixels from each pixel to the nearest one of `mask`."""
    return cv2.distanceTransform((~mask).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_PRECISE)


def hd95_px(predicted: np.ndarray, truth: np.ndarray) -> float:
    """95th percentile of the distances from each outline to the other, both ways pooled; NaN if a mask is empty."""
    if not predicted.any() or not truth.any():
        return float("nan")
    own, other = outline(predicted), outline(truth)
    return float(np.percentile(np.concatenate([distance_to(other)[own], distance_to(own)[other]]), 95))
