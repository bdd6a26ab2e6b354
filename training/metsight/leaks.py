"""python -m metsight.leaks --data <set> [<set> …]: is a slice of one split also in another?

Compares all slices of the sets given with each other. Finds the same pixels (sha256) and near-duplicates: fine
structure that correlates at 64×64, whatever the brightness and contrast, in all eight flips and quarter turns. Also
finds patients that two sets put on different sides. Does not find: the same head shifted by 2 of 256 pixels or turned
by 2°, rescaled or cropped, nor another slice of the same patient under another name. Time grows with the square of n,
memory by 1 kB a slice; 8 kB a slice lie in a temporary file.

Ends with 1 if anything crosses a split. Pairs of different patients within a split are counted, not failed: they may be
one patient under two names.
"""

import argparse
import hashlib
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from tqdm import tqdm

from metsight.data import Slice, read_image, read_index

SIDE = 64
#: What is finer than this is compared: all heads are alike in what is coarser.
SIGMA_PX = 3.0
#: Grey levels below which structure counts as noise.
NOISE = 4.0
#: Between the highest correlation seen of different heads and the lowest of copies; the README has the figures.
NEAR = 0.88
#: Slices against slices: one tile of correlations is 16 MB.
ROWS, COLS = 1024, 4096
#: Cosine coefficients that are compared first: the strongest 512 of 4096 hold two thirds of what is fine.
STRONGEST = 512
#: From this share of possible pairs in a tile on, correlating all of it is faster than picking them out.
MANY = 0.01
#: How far float16 can move a correlation.
ROUNDING = 2e-3
#: (is transposed, rows are reversed, columns are reversed): the eight flips and quarter turns.
Turn = tuple[bool, bool, bool]
TURNS: list[Turn] = [(t, r, c) for t in (False, True) for r in (False, True) for c in (False, True)]
SHOWN = 20


class Prints:
    """What of each slice is compared, in the order in which they were added."""

    def __init__(self) -> None:
        self.sha256: list[str] = []
        self._file = tempfile.TemporaryFile()  # noqa: SIM115 - it lives as long as this does

    def add(self, image: np.ndarray) -> None:
        """(rows, cols) uint8."""
        self.add_print(sha256_of(image), fine_of(image))

    def add_print(self, sha256: str, fine: np.ndarray) -> None:
        """`fine`: (64, 64) of mean 0 and length 1, all 0 of a flat slice."""
        self.sha256.append(sha256)
        self._file.write(fine.astype(np.float16).tobytes())

    def fine(self) -> np.ndarray:
        """(n, 64, 64) float16, read from the file as needed."""
        self._file.flush()
        return np.memmap(self._file, np.float16, "r", shape=(len(self.sha256), SIDE, SIDE))


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


def sha256_of(image: np.ndarray) -> str:
    return hashlib.sha256(repr(image.shape).encode() + image.tobytes()).hexdigest()


def fine_of(image: np.ndarray) -> np.ndarray:
    """(rows, cols) uint8 → (64, 64) float32 of mean 0 and length 1; all 0 of a flat slice."""
    small = cv2.resize(image.astype(np.float32), (SIDE, SIDE), interpolation=cv2.INTER_AREA)
    fine = small - cv2.GaussianBlur(small, (0, 0), SIGMA_PX)
    # By its own local strength, or the skull, which is a ring in every head, would outshine the brain.
    fine /= np.sqrt(cv2.GaussianBlur(fine * fine, (0, 0), SIGMA_PX)) + NOISE
    fine -= fine.mean()
    length = float(np.linalg.norm(fine))
    return fine / length if length > 1e-3 else np.zeros_like(fine)


def find_pairs(prints: Prints, patients: Sequence[str], near: float = NEAR) -> list[Pair]:
    """All pairs of different patients' slices that correlate at least so much, in any flip or quarter turn."""
    if not prints.sha256:
        return []
    fine, own = prints.fine(), np.unique(np.asarray(patients), return_inverse=True)[1]
    sketches = Sketches(fine)
    highest: dict[tuple[int, int], float] = {}
    for first, second in tqdm(list(tiles(len(fine))), unit="tile", desc="comparing", leave=False):
        differ = own[first, None] != own[None, second]
        whole_second = flat(fine[second])
        for turn in TURNS:
            rows, cols = np.nonzero(differ & (sketches.bound(first, second, turn) >= near - ROUNDING))
            is_upper = rows + first.start < cols + second.start
            rows, cols = rows[is_upper], cols[is_upper]
            correlations = correlate(flat(turned(fine[first], turn)), whole_second, rows, cols)
            for n in np.flatnonzero(correlations >= near):
                pair = (first.start + int(rows[n]), second.start + int(cols[n]))
                highest[pair] = max(highest.get(pair, 0.0), float(correlations[n]))
    pairs = []
    for (first_slice, second_slice), correlation in highest.items():
        same = prints.sha256[first_slice] == prints.sha256[second_slice]
        pairs.append(Pair(first_slice, second_slice, 1.0 if same else correlation, same))
    return sorted(pairs, key=lambda pair: (-pair.correlation, pair.first, pair.second))


def tiles(n: int) -> Iterator[tuple[slice, slice]]:
    """Of the upper triangle."""
    for row in range(0, n, ROWS):
        for col in range(row, n, COLS):
            yield slice(row, min(row + ROWS, n)), slice(col, min(col + COLS, n))


def turned(pictures: np.ndarray, turn: Turn) -> np.ndarray:
    """(n, 64, 64) → the same shape."""
    is_transposed, rows, cols = turn
    pictures = pictures.transpose(0, 2, 1) if is_transposed else pictures
    return pictures[:, :: -1 if rows else 1, :: -1 if cols else 1]


def flat(pictures: np.ndarray) -> np.ndarray:
    return pictures.reshape(len(pictures), -1).astype(np.float32)


def correlate(first: np.ndarray, second: np.ndarray, rows: np.ndarray, cols: np.ndarray) -> np.ndarray:
    """Of the pairs first[rows[n]], second[cols[n]]; both (pictures, pixels)."""
    if len(rows) > MANY * len(first) * len(second):
        return (first @ second.T)[rows, cols]
    parts = [np.zeros(0, np.float32)]
    for start in range(0, len(rows), ROWS):
        some = slice(start, start + ROWS)
        parts.append(np.einsum("np,np->n", first[rows[some]], second[cols[some]]))
    return np.concatenate(parts)


class Sketches:
    """A bound on correlations that is cheap, and never too low.

    Of each picture its strongest cosine coefficients and the length of what they leave out: by Cauchy-Schwarz what
    two pictures leave out correlates by the product of these lengths at most. Turns exchange coefficients and change
    their signs, so that one sketch does for all eight.
    """

    def __init__(self, fine: np.ndarray) -> None:
        """(n, 64, 64)"""
        power = np.zeros((SIDE, SIDE))
        for picture in fine[:: max(1, len(fine) // 1000)]:
            power += cv2.dct(picture.astype(np.float32)) ** 2
        # A set that transposing leaves as it is: the upper triangle with the diagonal, then its mirror.
        power = np.triu(power + power.T)
        u, v = np.unravel_index(np.argsort(-power, axis=None, kind="stable")[: STRONGEST // 2], power.shape)
        is_off = u != v
        self._u, self._v = np.concatenate([u, v[is_off]]), np.concatenate([v, u[is_off]])
        place = {(int(a), int(b)): n for n, (a, b) in enumerate(zip(self._u, self._v, strict=True))}
        self._mirror = np.array([place[int(b), int(a)] for a, b in zip(self._u, self._v, strict=True)])
        #: (n, coefficients + 1), the last one what they leave out.
        self._sketches = np.empty((len(fine), len(self._u) + 1), np.float16)
        for n, picture in enumerate(fine):
            whole = picture.astype(np.float32)
            kept = cv2.dct(whole)[self._u, self._v]
            self._sketches[n, :-1] = kept
            self._sketches[n, -1] = np.sqrt(max(0.0, float((whole**2).sum() - (kept**2).sum())))

    def bound(self, first: slice, second: slice, turn: Turn) -> np.ndarray:
        """(first, second) float32: no pair correlates more, by more than ROUNDING, in this turn of the first."""
        is_transposed, rows, cols = turn
        ours = self._sketches[first].astype(np.float32)
        if is_transposed:
            ours[:, :-1] = ours[:, self._mirror]
        # Reversed, the cosines of odd order change their sign.
        ours[:, :-1] *= (1 - 2 * (self._u % 2 * rows)) * (1 - 2 * (self._v % 2 * cols))
        return ours @ self._sketches[second].astype(np.float32).T


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
    prints = Prints()
    for slice_ in tqdm(slices, unit="slice", desc="reading", leave=False):
        prints.add(read_image(slice_))
    owners = [owner_of(slice_) for slice_ in slices]
    text, has_leak = report(owners, find_pairs(prints, [owner.patient for owner in owners], args.near))
    print(text)
    sys.exit(1 if has_leak else 0)


def owner_of(slice_: Slice) -> Owner:
    return Owner(f"{slice_.dataset}/{slice_.id}", slice_.patient, slice_.split)


if __name__ == "__main__":
    main()
