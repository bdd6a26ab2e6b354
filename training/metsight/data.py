"""Reader of data set folders: `index.csv` + `images/` + `masks/`."""

import csv
import hashlib
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np

SPLITS = ("train", "val", "test")
#: Columns by which figures are also reported.
FACETS = ("view", "label", "site")
#: The tissue source site is part of a TCGA patient's id.
TCGA_SITE = re.compile(r"^TCGA[-_]([A-Z0-9]{2})[-_]")
IMAGE_SUFFIXES = (".webp", ".png", ".jpg", ".jpeg", ".tif", ".tiff")


@dataclass(frozen=True)
class Slice:
    """One row of an index. `mask_path` is None where the slice has no lesion."""

    dataset: str
    id: str
    patient: str
    split: str
    image_path: Path
    mask_path: Path | None
    #: Which view, tumour type or site, as far as the index says it.
    facets: Mapping[str, str] = field(default_factory=dict, compare=False)
    #: Millimetres a pixel, where the index has the column `spacing_mm`.
    spacing_mm: float | None = None


def data_root(given: str | None) -> Path:
    """The folder that holds the data sets: `--data`, else METSIGHT_DATA."""
    root = given or os.environ.get("METSIGHT_DATA")
    if not root:
        raise SystemExit("No data: give --data <folder> or set METSIGHT_DATA to the folder that holds the data sets.")
    if not Path(root).is_dir():
        raise SystemExit(f"No data: {root} is not a folder.")
    return Path(root)


def read_index(folder: Path, splits: Sequence[str] = SPLITS) -> list[Slice]:
    """Slices of one data set, in the order of its index.

    A set without `masks/` is tumour-free. With it, an absent mask file means an empty mask only if the index does
    not promise mask pixels: a lost file must not become a tumour-free slice.
    """
    rows = list(csv.DictReader((folder / "index.csv").open(newline="", encoding="utf-8")))
    slices = []
    for row in rows:
        if row["split"] not in SPLITS:
            raise ValueError(f"{folder.name}: slice {row['id']} has split {row['split']!r}, expected one of {SPLITS}")
        mask_path = folder / "masks" / f"{row['id']}.png"
        promised = int(row.get("mask_px") or row.get("mask_px_256") or 0)
        if promised > 0 and not mask_path.exists():
            raise FileNotFoundError(
                f"{folder.name}: the index gives slice {row['id']} {promised} mask pixels, no mask is there"
            )
        if row["split"] in splits:
            slices.append(
                Slice(
                    dataset=folder.name,
                    id=row["id"],
                    patient=row.get("patient_group") or row["patient"],
                    split=row["split"],
                    image_path=_image_path(folder, row["id"]),
                    mask_path=mask_path if mask_path.exists() else None,
                    facets=_facets(row),
                    spacing_mm=float(row["spacing_mm"]) if row.get("spacing_mm") else None,
                )
            )
    _require_patients_apart(folder.name, rows)
    return slices


def _facets(row: Mapping[str, str]) -> dict[str, str]:
    facets = {name: row[name] for name in FACETS if row.get(name)}
    site = TCGA_SITE.match(row.get("patient") or "")
    return {"site": site[1], **facets} if site else facets


def _image_path(folder: Path, slice_id: str) -> Path:
    for suffix in IMAGE_SUFFIXES:
        path = folder / "images" / f"{slice_id}{suffix}"
        if path.exists():
            return path
    raise FileNotFoundError(f"{folder.name}: no image of slice {slice_id}")


def _require_patients_apart(name: str, rows: Iterable[dict[str, str]]) -> None:
    """Slices of one patient on both sides of a split would make every figure a lie."""
    split_of: dict[str, str] = {}
    for row in rows:
        patient = row.get("patient_group") or row["patient"]
        if split_of.setdefault(patient, row["split"]) != row["split"]:
            raise ValueError(f"{name}: patient {patient} is in {split_of[patient]} and in {row['split']}")


def read_image(slice_: Slice) -> np.ndarray:
    """(rows, cols) uint8, as stored."""
    image = cv2.imread(str(slice_.image_path), cv2.IMREAD_GRAYSCALE)
    if image is None:
        raise ValueError(f"{slice_.image_path} is not an image that OpenCV reads")
    return image


def read_mask(slice_: Slice, shape: tuple[int, int]) -> np.ndarray:
    """(rows, cols) uint8, 0 or 1; all 0 where the slice has no mask file."""
    if slice_.mask_path is None:
        return np.zeros(shape, np.uint8)
    mask = cv2.imread(str(slice_.mask_path), cv2.IMREAD_GRAYSCALE)
    if mask is None or mask.shape != shape:
        raise ValueError(f"{slice_.mask_path} is not a mask of {shape[1]}×{shape[0]} pixels")
    return (mask > 0).astype(np.uint8)


def split_sha256(slices: Sequence[Slice]) -> str:
    """Fingerprint of who is on which side: sha256 over the sorted `dataset patient split` lines."""
    lines = sorted({f"{s.dataset} {s.patient} {s.split}" for s in slices})
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
