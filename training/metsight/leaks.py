"""python -m metsight.leaks --data <set> [<set> …]: is a slice of one split also in another?

Compares all slices of the sets given with each other. Finds the same pixels (sha256) and near-duplicates: fine
structure that correlates at 64×64, whatever the brightness and contrast, in all eight flips and quarter turns. Also
finds patients that two sets put on different sides. Does not find: the same head shifted by 2 of 256 pixels or turned
by 2°, rescaled or cropped, nor another slice of the same patient under another name. Time grows with the square of n.

Ends with 1 if anything crosses a split. Pairs of different patients within a split are counted, not failed: they may be
one patient under two names.
"""

import argparse
import hashlib
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from metsight.data import Slice, read_image, read_index

SIDE = 64
#: What is finer than this is compared: all heads are alike in what is coarser.
SIGMA_PX = 3.0
#: Grey levels below which structure counts as noise.
NOISE = 4.0
#: Between the highest correlation seen of different heads and the lowest of copies; the README has the figures.
NEAR = 0.88
BLOCK = 512
SHOWN = 20


@dataclass(frozen=True)
class Print:
    """What of a slice is compared: `fine` is (64, 64) float32 of mean 0 and length 1, all 0 of a flat slice."""

    sha256: str
    fine: np.ndarray


@dataclass(frozen=True)
class Owner:
    """Whose slice it is and on which side."""

    name: str
    patient: str
    split: str


@dataclass(frozen=True)
class Pair:
    """Two slices of different patients that show the same; by index, `first` < `second`. `is_exact`: pixel by pixel."""

    first: int
    second: int
    correlation: float
    is_exact: bool


def print_of(image: np.ndarray) -> Print:
    """(rows, cols) uint8."""
    digest = hashlib.sha256(repr(image.shape).encode() + image.tobytes()).hexdigest()
    small = cv2.resize(image.astype(np.float32), (SIDE, SIDE), interpolation=cv2.INTER_AREA)
    fine = small - cv2.GaussianBlur(small, (0, 0), SIGMA_PX)
    # By its own local strength, or the skull, which is a ring in every head, would outshine the brain.
    fine /= np.sqrt(cv2.GaussianBlur(fine * fine, (0, 0), SIGMA_PX)) + NOISE
    fine -= fine.mean()
    length = float(np.linalg.norm(fine))
    return Print(digest, fine / length if length > 1e-3 else np.zeros_like(fine))


def find_pairs(prints: Sequence[Print], patients: Sequence[str], near: float = NEAR) -> list[Pair]:
    """All pairs of different patients' slices that correlate at least so much, in any flip or quarter turn."""
    if not prints:
        return []
    pictures = np.stack([one.fine for one in prints])
    own = np.unique(np.asarray(patients), return_inverse=True)[1]
    flat = pictures.reshape(len(pictures), -1)
    turned = [np.rot90(side, turn, (1, 2)).reshape(flat.shape) for side in (pictures, pictures[:, :, ::-1])
              for turn in range(4)]  # fmt: skip
    pairs = []
    for start in range(0, len(flat), BLOCK):
        highest = np.max([flat[start : start + BLOCK] @ other[start:].T for other in turned], axis=0)
        highest[own[start : start + BLOCK, None] == own[None, start:]] = 0
        for row, col in np.argwhere(np.triu(highest, 1) >= near):
            first, second = start + int(row), start + int(col)
            same = prints[first].sha256 == prints[second].sha256
            pairs.append(Pair(first, second, float(highest[row, col]), same))
    return sorted(pairs, key=lambda pair: -pair.correlation)


def split_patients(owners: Sequence[Owner]) -> list[str]:
    """Patients on more than one side: within one set reading fails, between sets it goes unseen."""
    sides: dict[str, set[str]] = {}
    for owner in owners:
        sides.setdefault(owner.patient, set()).add(owner.split)
    return sorted(patient for patient, own in sides.items() if len(own) > 1)


def report(owners: Sequence[Owner], pairs: Sequence[Pair]) -> tuple[str, bool]:
    """In words, and whether anything crosses a split."""
    across = [pair for pair in pairs if owners[pair.first].split != owners[pair.second].split]
    parted = split_patients(owners)
    exact = sum(pair.is_exact for pair in pairs)
    lines = [
        f"{len(owners)} slices of {len({owner.patient for owner in owners})} patients: {exact} exact and "
        f"{len(pairs) - exact} near duplicates between different patients, {len(across)} of them across splits; "
        f"{len(parted)} patients on more than one side."
    ]
    for pair in across[:SHOWN]:
        one, other = owners[pair.first], owners[pair.second]
        what = "the same pixels" if pair.is_exact else f"correlation {pair.correlation:.3f}"
        lines.append(
            f"  {one.name} ({one.patient}, {one.split}) = {other.name} ({other.patient}, {other.split}): {what}"
        )
    if len(across) > SHOWN:
        lines.append(f"  … and {len(across) - SHOWN} more")
    lines += [f"  {patient} is on more than one side" for patient in parted[:SHOWN]]
    return "\n".join(lines), bool(across or parted)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, nargs="+", required=True, help="folders of data sets, compared together")
    parser.add_argument("--near", type=float, default=NEAR, help=f"correlation of a near-duplicate ({NEAR})")
    args = parser.parse_args()
    slices = [slice_ for folder in args.data for slice_ in read_index(folder)]
    prints = [print_of(read_image(slice_)) for slice_ in slices]
    owners = [owner_of(slice_) for slice_ in slices]
    text, has_leak = report(owners, find_pairs(prints, [owner.patient for owner in owners], args.near))
    print(text)
    sys.exit(1 if has_leak else 0)


def owner_of(slice_: Slice) -> Owner:
    return Owner(f"{slice_.dataset}/{slice_.id}", slice_.patient, slice_.split)


if __name__ == "__main__":
    main()
