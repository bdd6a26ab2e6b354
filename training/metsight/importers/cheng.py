"""Cheng's T1-CE slices (figshare 10.6084/m9.figshare.1512427): one MATLAB v7.3 file a slice, which is HDF5.

`cjdata` holds image (int16), tumorMask, tumorBorder (the mask's outline again, not read), PID (character codes) and
label. HDF5 gives MATLAB's columns first, so arrays are transposed. Which view a slice has, the files do not say.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from metsight.importers.found_slice import FoundSlice, ImportFailure, place_image, place_mask, require_same_shape

LABELS = {1: "meningioma", 2: "glioma", 3: "pituitary"}
#: MR024780B and MR024780D are two series of one patient.
SERIES_LETTER = re.compile(r"^(MR\d+)[A-Z]$")


def read_cheng(source: Path) -> Iterator[FoundSlice]:
    """All `.mat` below the folder, by number."""
    try:
        import h5py
    except ImportError as error:
        raise ImportFailure("MATLAB v7.3 files need h5py: pip install 'training[import]'") from error
    paths = sorted(source.rglob("*.mat"), key=lambda path: (len(path.stem), path.stem))
    for path in paths:
        try:
            with h5py.File(path) as file:
                record = file["cjdata"]
                image, mask = record["image"][()].T, record["tumorMask"][()].T > 0
                label = int(record["label"][()].item())
                pid = "".join(chr(code) for code in record["PID"][()].ravel())
        except (OSError, KeyError, ValueError, TypeError) as error:
            raise ImportFailure(f"{path} is not one of Cheng's files: {error}") from error
        if label not in LABELS or image.ndim != 2:
            raise ImportFailure(f"{path}: must hold one slice of label 1, 2 or 3; received {label}, {image.shape}.")
        require_same_shape(path, image, mask)
        columns = {"label": LABELS[label], "pid": pid, "source_size": str(max(image.shape))}
        yield FoundSlice(
            path.stem, SERIES_LETTER.sub(r"\1", pid), place_image(image.astype(np.float32)), place_mask(mask), columns
        )
