"""What every importer yields, and how an original comes to 8 bit and 256×256: steps 1 and 2 of the recipe."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np

from metsight.preprocess import INPUT_SIZE, fit_size, place, resample, window_to_bytes


class ImportFailure(Exception):
    """An original that cannot be read; the message names the file and says what was wanted."""


@dataclass(frozen=True)
class FoundSlice:
    """`image`: (256, 256) uint8; `mask`: the same shape, boolean. `columns`: what else the index is to say."""

    id: str
    patient: str
    image: np.ndarray
    mask: np.ndarray
    columns: Mapping[str, str] = field(default_factory=dict)


def place_image(image: np.ndarray) -> np.ndarray:
    """(rows, cols) of any depth → (256, 256) uint8. 8-bit grey levels stay; deeper ones are windowed slice by slice."""
    return place(image if image.dtype == np.uint8 else window_to_bytes(image))


def place_mask(mask: np.ndarray) -> np.ndarray:
    """(rows, cols) boolean → (256, 256): where at least half of what the image's filter takes in is lesion."""
    rows, cols = fit_size(*mask.shape, INPUT_SIZE)
    fitted = mask if mask.shape == (rows, cols) else resample(mask.astype(np.float64), rows, cols) >= 0.5
    top, left = (INPUT_SIZE - rows) // 2, (INPUT_SIZE - cols) // 2
    out = np.zeros((INPUT_SIZE, INPUT_SIZE), bool)
    out[top : top + rows, left : left + cols] = fitted
    return out


def read_grey(path: Path) -> np.ndarray:
    """A picture file as (rows, cols), in its own depth."""
    image = cv2.imread(str(path), cv2.IMREAD_GRAYSCALE | cv2.IMREAD_ANYDEPTH)
    if image is None:
        raise ImportFailure(f"{path} is not an image that OpenCV reads.")
    return image


def require_same_shape(path: Path, image: np.ndarray, mask: np.ndarray) -> None:
    if image.shape != mask.shape:
        raise ImportFailure(f"{path}: the image is {image.shape}, its mask {mask.shape}.")
