"""Lesions of other training patients, set into a slice: at metastasis size, or near their own. Before CLAHE, 8-bit.

What is carried over is the lesion's brightness relative to the tissue around it (its texture, core and rim), not its
grey levels, so that it fits the contrast of the slice it is set into.
"""

import cv2
import numpy as np

from metsight.augment import Rng
from metsight.head import find_brain, head_depth

#: Share of lesions shrunk to metastasis size; the others stay at 0.6 to 1.1 times their own.
SHRUNK = 0.6
#: A lesion must be this much brighter than the tissue around, in its own slice: others teach nothing about enhancement.
LEAST_CONTRAST = 1.15
#: Tissue taken along beside the lesion, for the blend, in pixels of the target.
MARGIN = 3.0


def paste_lesions(
    image: np.ndarray, mask: np.ndarray, donors: list[tuple[np.ndarray, np.ndarray]], rng: Rng
) -> tuple[np.ndarray, np.ndarray]:
    """One lesion of each donor (image, mask) set into the slice where there is room: a copy, of the same types."""
    depth = head_depth(image)
    depth[~find_brain(image, depth).mask] = 0
    for donor_image, donor_mask in donors:
        lesion = _cut(donor_image, donor_mask, rng)
        if lesion is not None:
            image, mask = _set(image, mask, depth, *lesion, rng)
    return image, mask


def _cut(image: np.ndarray, mask: np.ndarray, rng: Rng) -> tuple[np.ndarray, np.ndarray] | None:
    """A donor's largest lesion, turned, mirrored and scaled: ratio to the tissue around and soft mask, both float32."""
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=8)
    if count < 2:
        return None
    largest = 1 + int(np.argmax(stats[1:, cv2.CC_STAT_AREA]))
    diameter = float(np.sqrt(4 * stats[largest, cv2.CC_STAT_AREA] / np.pi))
    shrunk = float(np.clip(np.exp(rng.normal(np.log(8), 0.5)), 3, 22)) / diameter
    scale = shrunk if rng.random() < SHRUNK else rng.uniform(0.6, 1.1)
    if scale > 1.1 or diameter < 6:
        return None
    one = (labels == largest).astype(np.uint8)
    around = cv2.dilate(one, np.ones((9, 9), np.uint8)) - cv2.dilate(one, np.ones((3, 3), np.uint8))
    tissue = image[(around > 0) & (mask == 0) & (image > 15)]
    if tissue.size < 20:
        return None
    ratio = image.astype(np.float32) / max(float(np.median(tissue)), 20.0)
    if ratio[one > 0].mean() < LEAST_CONTRAST:
        return None
    left, top, width, height = (int(stats[largest, at]) for at in (0, 1, 2, 3))
    side = int(np.ceil(scale * np.hypot(width, height) + 2 * MARGIN)) | 1
    turn = cv2.getRotationMatrix2D((left + (width - 1) / 2, top + (height - 1) / 2), rng.uniform(0, 360), scale)
    turn[:, 2] += (side - 1) / 2 - np.array([left + (width - 1) / 2, top + (height - 1) / 2])
    # Area-averaging before shrinking, or small lesions would be single samples of a large one.
    soft, blur = one.astype(np.float32), 0.4 / scale
    if blur > 0.6:
        ratio, soft = (cv2.GaussianBlur(x, (0, 0), blur) for x in (ratio, soft))
    ratio, soft = (cv2.warpAffine(x, turn, (side, side), flags=cv2.INTER_LINEAR) for x in (ratio, soft))
    if rng.random() < 0.5:
        ratio, soft = ratio[:, ::-1], soft[:, ::-1]
    return ratio, soft


def _set(
    image: np.ndarray, mask: np.ndarray, depth: np.ndarray, ratio: np.ndarray, soft: np.ndarray, rng: Rng
) -> tuple[np.ndarray, np.ndarray]:
    """The lesion at a place in the brain (`depth` > 0), clear of other lesions; the slice as it was where none is."""
    half = ratio.shape[0] // 2
    radius = float(np.sqrt((soft >= 0.5).sum() / np.pi))
    places = np.argwhere(depth > 2 + 0.8 * radius)
    for _ in range(4):
        if len(places) == 0:
            break
        row, col = (int(at) for at in places[rng.integers(len(places))])
        if min(row, col) < half or row + half >= image.shape[0] or col + half >= image.shape[1]:
            continue
        here = np.s_[row - half : row + half + 1, col - half : col + half + 1]
        if mask[here][soft > 0.05].any():
            continue
        under = image[here].astype(np.float32)
        tissue = float(np.median(under[soft >= 0.5])) if (soft >= 0.5).any() else 0.0
        if tissue < 20:
            continue
        alpha = cv2.GaussianBlur(soft, (0, 0), 0.6)
        value = np.minimum(ratio * tissue, 255.0)
        inside = soft >= 0.5
        if value[inside].mean() - under[inside].mean() < 12:
            continue
        image, mask = image.copy(), mask.copy()
        image[here] = np.clip(under * (1 - alpha) + value * alpha + 0.5, 0, 255).astype(np.uint8)
        mask[here] |= inside.astype(np.uint8)
        break
    return image, mask
