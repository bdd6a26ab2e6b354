"""The LGG Segmentation Dataset (Buda 2019), Kaggle's `kaggle_3m`: a folder a patient, TIFFs of three channels.

Channels are T1 before contrast, FLAIR and T1 after contrast. Where a sequence was not taken, its channel repeats FLAIR:
such slices have no T1 after contrast. Masks are of the FLAIR abnormality, so they say of T1 only where no tumour is.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np

from metsight.importers.found_slice import (
    FoundSlice,
    ImportFailure,
    place_image,
    place_mask,
    read_grey,
    require_same_shape,
)

#: TCGA_CS_4941_19960909_12: site, patient, date, slice.
NAME = re.compile(r"^(TCGA_([A-Z0-9]{2})_[A-Z0-9]{4})_\d+_(\d+)$")


def read_kaggle_flair(source: Path) -> Iterator[FoundSlice]:
    for stem, columns, patient, channels, mask in _slices(source):
        yield FoundSlice(stem, patient, place_image(channels[1]), place_mask(mask), columns)


def read_kaggle_t1post(source: Path) -> Iterator[FoundSlice]:
    """T1 after contrast, where it was taken and the FLAIR mask is empty: tumour-free slices."""
    for stem, columns, patient, channels, mask in _slices(source):
        if not mask.any() and not np.array_equal(channels[1], channels[2]):
            yield FoundSlice(stem, patient, place_image(channels[2]), place_mask(mask), columns)


def _slices(source: Path) -> Iterator[tuple[str, dict[str, str], str, np.ndarray, np.ndarray]]:
    """(id, columns, patient, (3, rows, cols) channels in the file's order, boolean mask)"""
    paths = [path for path in source.rglob("*.tif") if not path.stem.endswith("_mask")]
    for path in sorted(paths, key=lambda path: (path.parent.name, len(path.stem), path.stem)):
        name = NAME.match(path.stem)
        if name is None:
            raise ImportFailure(f"{path}: must be named like TCGA_CS_4941_19960909_12.tif.")
        image = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
        if image is None or image.ndim != 3 or image.shape[2] != 3:
            raise ImportFailure(f"{path}: must be a TIFF of three channels.")
        mask = read_grey(path.with_name(f"{path.stem}_mask.tif")) > 0
        require_same_shape(path, image[:, :, 0], mask)
        # OpenCV gives the last channel first.
        channels = np.ascontiguousarray(image[:, :, ::-1].transpose(2, 0, 1))
        yield path.stem, {"site": name[2], "slice": name[3]}, name[1], channels, mask
