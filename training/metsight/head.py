"""Where head and brain are in a slice (uint8, dark outside the head): for drawing lesions, not for measuring brains."""

from dataclasses import dataclass

import cv2
import numpy as np

#: Pixels of 0.94 mm from the air: scalp and skull beside the brain; the rim of a brain that was cut out.
SCALP_PX, RIM_PX = 16.0, 3.0


@dataclass(frozen=True)
class Brain:
    """`mask`: (rows, cols), boolean. Without `is_sure` it is a guess: parts of the face or the neck can be in it."""

    mask: np.ndarray
    is_sure: bool


def head_depth(image: np.ndarray) -> np.ndarray:
    """Distance in pixels of each pixel from the air outside the head; 0 outside it."""
    head = (cv2.GaussianBlur(image, (5, 5), 0) > 20).astype(np.uint8)
    contours, _ = cv2.findContours(head, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    filled = np.zeros_like(head)
    cv2.drawContours(filled, contours, -1, 1, cv2.FILLED)
    return cv2.distanceTransform(filled, cv2.DIST_L2, 3)


def find_brain(image: np.ndarray, depth: np.ndarray) -> Brain:
    """By `depth` (see `head_depth`): all of a brain that was cut out, all inside the skull above its base, or a guess.

    "Above its base" holds for axial slices; a sagittal one as even as they are takes the face along. The bounds were
    read off 600 slices of the four T1-CE sets: cut out, air is exactly 0 and the rim is no brighter than what lies
    below it (at most 1.24 times in 95 %; with a scalp at least 1.2 in 95 %).
    """
    deep = depth > max(SCALP_PX, 0.25 * depth.max())
    if not deep.any():
        return Brain(deep, is_sure=False)
    if _is_cut_out(image, depth):
        return Brain((depth > RIM_PX) & (image > 10), is_sure=True)
    level = float(np.median(image[deep]))
    if ((image[deep] > 0.6 * level) & (image[deep] < 1.5 * level)).mean() >= 0.85:
        return Brain(depth > SCALP_PX, is_sure=True)
    return Brain(_even_pieces(image, depth), is_sure=False)


def _is_cut_out(image: np.ndarray, depth: np.ndarray) -> bool:
    if (image[depth == 0] == 0).mean() < 0.95:
        return False
    shells = [image[(depth > k) & (depth <= k + 1)] for k in range(16)]
    profile = [float(np.median(shell)) if shell.size else np.nan for shell in shells]
    return float(np.nanmax(profile[:8])) < 1.3 * max(1.0, float(np.nanmin(profile[3:])))


def _even_pieces(image: np.ndarray, depth: np.ndarray, reach: int = 15) -> np.ndarray:
    """Large pieces, deep in the head, of surroundings as even as brain and as bright as most of it.

    Face, neck and skull base are mixed from air, fat and muscle: a lesion set there would teach where none can be.
    """
    x = image.astype(np.float32)
    mean = cv2.blur(x, (reach, reach))
    deviation = np.sqrt(np.maximum(cv2.blur(x * x, (reach, reach)) - mean * mean, 0))
    deep = depth > max(14.0, 0.2 * depth.max())
    usual = float(np.median(mean[deep])) if deep.any() else 0.0
    even = deep & (deviation < 0.3 * mean) & (mean > 0.7 * usual) & (mean < 1.5 * usual)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(even.astype(np.uint8), connectivity=4)
    areas = stats[:, cv2.CC_STAT_AREA]
    # A brain is one large piece, or the two halves of one.
    return np.isin(labels, [n for n in range(1, count) if areas[n] > 0.08 * np.count_nonzero(depth)])
