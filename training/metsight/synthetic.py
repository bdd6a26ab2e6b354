"""Synthetic lesions of metastasis size, for the stress test: drawn, no patient's.

The shape is that of `augment.draw_lesions` (a wobbling ellipse with a soft edge, filled or a ring), which some networks
saw in training. What differs: brightness is a multiple of the tissue around, not of the brightest in the head;
diameters come evenly in classes; filled and ring are drawn alike often.
"""

from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np

from metsight.augment import smooth_field
from metsight.head import find_brain, head_depth

#: Classes of the diameter in mm, each from its bound to the next one's.
BOUNDS_MM = (3.0, 4.0, 6.0, 10.0, 15.0, 20.0)
CLASSES = tuple(f"{low:g}–{high:g}" for low, high in pairwise(BOUNDS_MM))
#: Shares of these classes among the 7,156 lesions of 3 to 20 mm (equivalent diameter of the volume) of the 10,119 in
#: BraTS-METS (`metastasis-statistics`). Another 26 % are smaller than 3 mm and 3 % larger than 20 mm.
SHARES = (0.287, 0.323, 0.244, 0.098, 0.048)
#: How much brighter than the tissue around.
CONTRASTS = (1.4, 1.8, 2.4)
#: Rings from this diameter on: a smaller lesion has no room for a core. Rims 1.5 to 5 mm (OpenBTAI: median 3.7).
SMALLEST_RING_MM, RIM_MM, CORE = 8.0, (1.5, 5.0), 0.6
#: Least grey level of the place, as a share of the brain's median: 1.4 times a ventricle is no enhancement.
TISSUE = 0.7
GAP_PX = 6.0


@dataclass(frozen=True)
class Lesion:
    """`kind`: 'filled' or 'ring'."""

    row: int
    col: int
    diameter_mm: float
    contrast: float
    kind: str

    @property
    def size_class(self) -> str:
        return CLASSES[int(np.searchsorted(BOUNDS_MM, self.diameter_mm, side="right")) - 1]


def draw(
    image: np.ndarray, seed: tuple[int, int], first: int, count: int, spacing_mm: float
) -> tuple[np.ndarray, np.ndarray, list[Lesion]]:
    """Up to `count` lesions drawn into a slice: image and mask (rows, cols), uint8 and boolean, and the lesions.

    Only where the brain surely is (`head.find_brain`): none in a slice through face, skull base or neck. The same seed
    draws the same. `first`: number of the first lesion, by which classes, contrasts and kinds take turns.
    """
    rng = np.random.default_rng(seed)
    depth, around = head_depth(image), cv2.GaussianBlur(image.astype(np.float32), (0, 0), 3)
    brain = find_brain(image, depth)
    tissue_level = TISSUE * float(np.median(image[brain.mask])) if brain.is_sure else 0.0
    places = np.argwhere(brain.mask & (around >= tissue_level)) if brain.is_sure else []
    x, mask, drawn = image.astype(np.float32), np.zeros(image.shape, bool), []
    for number in range(first, first + count if len(places) else first):
        turn, kind_turn = divmod(number, len(CLASSES))
        diameter = rng.uniform(BOUNDS_MM[kind_turn], BOUNDS_MM[kind_turn + 1])
        contrast = CONTRASTS[turn % len(CONTRASTS)]
        wants_ring = bool(turn // len(CONTRASTS) % 2) and diameter >= SMALLEST_RING_MM
        row, col = (int(at) for at in places[rng.integers(len(places))])
        radius = diameter / spacing_mm / 2
        distance = _distance(image.shape, row, col, rng)
        if (mask & (distance < radius + GAP_PX)).any():
            continue
        tissue = float(around[row, col])
        value = np.full_like(x, min(255.0, contrast * tissue))
        rim = min(rng.uniform(*RIM_MM) / spacing_mm, 0.7 * radius)
        if wants_ring:
            core = np.clip(radius - rim - distance + 0.5, 0, 1)
            value = value * (1 - core) + core * CORE * tissue
        soft = np.clip(radius - distance + 0.5, 0, 1)
        x = x * (1 - soft) + soft * value * (1 + 0.08 * smooth_field(image.shape, rng, 48))
        mask |= soft >= 0.5
        drawn.append(Lesion(row, col, float(diameter), contrast, "ring" if wants_ring else "filled"))
    return np.clip(x + 0.5, 0, 255).astype(np.uint8), mask, drawn


def _distance(shape: tuple[int, int], row: int, col: int, rng: np.random.Generator) -> np.ndarray:
    """From a lesion's middle, along an ellipse of the circle's area, with a wobble."""
    rows, cols = np.mgrid[: shape[0], : shape[1]].astype(np.float32)
    angle, flat = rng.uniform(0, np.pi), rng.uniform(0.75, 1.0)
    along = (cols - col) * np.cos(angle) + (rows - row) * np.sin(angle)
    across = -(cols - col) * np.sin(angle) + (rows - row) * np.cos(angle)
    return np.hypot(along * np.sqrt(flat), across / np.sqrt(flat)) * (1 + 0.15 * smooth_field(shape, rng, 24))
