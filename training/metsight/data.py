"""Reader of data set folders: `index.csv` + `images/` + `masks/`."""

import csv
import hashlib
import os
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
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
#: Lossless ones; `src/cli/dataSet.ts` has the same.
MASK_SUFFIXES = (".png", ".webp", ".tif", ".tiff")


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
    not promise mask pixels, and every file in it must be of a slice: a lost or misnamed mask must not become a
    tumour-free slice.
    """
    rows = list(csv.DictReader((folder / "index.csv").open(newline="", encoding="utf-8")))
    masks = _mask_paths(folder, {row["id"] for row in rows})
    slices, everyone = [], []
    for row in rows:
        if row["split"] not in SPLITS:
            raise ValueError(f"{folder.name}: slice {row['id']} has split {row['split']!r}, expected one of {SPLITS}")
        patient = row.get("patient_group") or row["patient"]
        if not patient:
            raise ValueError(f"{folder.name}: the index does not say whose slice {row['id']} is")
        everyone.append((patient, row["split"], folder.name))
        mask_path = masks.get(row["id"])
        promised = int(row.get("mask_px") or row.get("mask_px_256") or 0)
        if promised > 0 and mask_path is None:
            raise FileNotFoundError(
                f"{folder.name}: the index gives slice {row['id']} {promised} mask pixels, no mask is there"
            )
        if row["split"] in splits:
            slices.append(
                Slice(
                    dataset=folder.name,
                    id=row["id"],
                    patient=patient,
                    split=row["split"],
                    image_path=_image_path(folder, row["id"]),
                    mask_path=mask_path,
                    facets=_facets(row),
                    spacing_mm=float(row["spacing_mm"]) if row.get("spacing_mm") else None,
                )
            )
    _require_patients_apart(everyone)
    return slices


def read_indexes(root: Path, names: Iterable[str]) -> list[Slice]:
    """All slices of several data sets; a patient must be on one side in all of them."""
    slices = [slice_ for name in dict.fromkeys(names) for slice_ in read_index(root / name)]
    _require_patients_apart((slice_.patient, slice_.split, slice_.dataset) for slice_ in slices)
    return slices


def _mask_paths(folder: Path, ids: Collection[str]) -> dict[str, Path]:
    """By slice. Hidden files are not of the set."""
    paths: dict[str, Path] = {}
    for path in sorted((folder / "masks").glob("[!.]*")):
        if path.suffix not in MASK_SUFFIXES or path.stem not in ids:
            raise ValueError(
                f"{folder.name}: masks/{path.name} is of no slice: must be <id of the index> and one of "
                f"{', '.join(MASK_SUFFIXES)}"
            )
        if path.stem in paths:
            raise ValueError(f"{folder.name}: slice {path.stem} has two masks, {paths[path.stem].name} and {path.name}")
        paths[path.stem] = path
    return paths


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


def _require_patients_apart(everyone: Iterable[tuple[str, str, str]]) -> None:
    """Slices of one patient on both sides of a split would make every figure a lie. Of (patient, split, data set)."""
    first_of: dict[str, tuple[str, str]] = {}
    for patient, split, name in everyone:
        other_split, other_name = first_of.setdefault(patient, (split, name))
        if other_split != split:
            where = f"{name}: patient {patient} is in {other_split} and in {split}"
            if other_name != name:
                where = (
                    f"patient {patient} is in {other_split} of {other_name} and in {split} of {name}; where two "
                    "patients are called the same, rename one, else move it to the same side in both"
                )
            raise ValueError(where)


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
