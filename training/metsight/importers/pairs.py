"""Any folder of pictures, a folder of masks of the same names, and a CSV that says whose each is.

The CSV has the columns `id` (a file's name without its ending) and `patient`; `view`, `label`, `site`, `spacing_mm`,
`slice` and `split` are taken along. Pictures deeper than 8 bit are windowed one by one. Masks must be lossless.
"""

import csv
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from metsight.data import IMAGE_SUFFIXES
from metsight.importers.found_slice import (
    FoundSlice,
    ImportFailure,
    place_image,
    place_mask,
    read_grey,
    require_same_shape,
)

LOSSY = (".jpg", ".jpeg")
TAKEN_ALONG = ("view", "label", "site", "slice", "split", "spacing_mm")


def read_pairs(images: Path, masks: Path | None, patients: Path, *, absent_is_empty: bool) -> Iterator[FoundSlice]:
    """`masks` None: no slice has a lesion. `absent_is_empty`: a slice without a mask file has none."""
    with patients.open(newline="", encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    if not rows or not {"id", "patient"} <= rows[0].keys():
        raise ImportFailure(f"{patients}: must have the columns id and patient, and a row a slice.")
    for row in rows:
        if not row["id"].strip() or not (row["patient"] or "").strip():
            raise ImportFailure(
                f"{patients}: {row['id'] or 'a row'} has no patient or no id: who is whose decides sides."
            )
    known = {row["id"] for row in rows}
    found = _by_stem(images)
    unknown = sorted(set(found) - known)
    if unknown:
        raise ImportFailure(f"{patients}: does not say whose {unknown[0]} is, nor {len(unknown) - 1} more images.")
    truths = {} if masks is None else _by_stem(masks)
    for row in rows:
        stem = row["id"]
        if stem not in found:
            raise ImportFailure(f"{images}: has no image {stem}, which {patients.name} names.")
        image = read_grey(found[stem])
        mask = np.zeros(image.shape, bool)
        if stem in truths:
            if truths[stem].suffix.lower() in LOSSY:
                raise ImportFailure(
                    f"{truths[stem]} is a JPEG: around edges it holds grey levels that were never drawn, and all "
                    "above 0 is lesion. Give the masks as PNG or TIFF, made from the originals."
                )
            mask = read_grey(truths[stem]) > 0
            require_same_shape(found[stem], image, mask)
        elif masks is not None and not absent_is_empty:
            raise ImportFailure(f"{masks}: has no mask {stem}. If that means no lesion, say --absent-mask-is-empty.")
        columns = {name: row[name] for name in TAKEN_ALONG if row.get(name)}
        if "spacing_mm" in columns:
            columns["spacing_mm"] = str(float(columns["spacing_mm"]) * max(image.shape) / 256)
        yield FoundSlice(stem, row["patient"], place_image(image), place_mask(mask), columns)


def _by_stem(folder: Path) -> dict[str, Path]:
    paths = [path for path in sorted(folder.iterdir()) if path.suffix.lower() in (*IMAGE_SUFFIXES, ".bmp")]
    stems = {path.stem: path for path in paths}
    if len(stems) < len(paths):
        raise ImportFailure(f"{folder}: two images differ in their endings only.")
    return stems
