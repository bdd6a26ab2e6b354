"""How the slices of a volume are looked at: step 0 of the recipe. Twin of `src/domain/sliceFrame.ts`.

A volume is an array of (i, j, k) as nibabel gives it, with the affine that takes (i, j, k, 1) to RAS millimetres.
"""

from dataclasses import dataclass
from itertools import permutations

import numpy as np

#: Slices count as an acquisition's own where they lie this much further apart than pixels.
OWN_AXIS_RATIO = 1.25

#: At 45° two assignments of axes are equally near; sums of |cos| this close are one (0.02° there).
TIE_TOLERANCE = 1e-3


@dataclass(frozen=True)
class SliceFrame:
    """A picture's column, row and slice index as axes of the array; `is_flipped`: the index runs against the axis."""

    axes: tuple[int, int, int]
    is_flipped: tuple[bool, bool, bool]
    #: "none" for a picture: it is taken as it lies.
    plane: str

    def to_slices(self, values: np.ndarray) -> np.ndarray:
        """(ni, nj, nk) → a view of (slices, rows, cols), as the frame looks at them."""
        col, row, slice_ = self.axes
        return _flipped(values.transpose(slice_, row, col), self.is_flipped[::-1])

    def from_slices(self, slices: np.ndarray) -> np.ndarray:
        """Undoes `to_slices`."""
        col, row, slice_ = self.axes
        return _flipped(slices, self.is_flipped[::-1]).transpose(np.argsort((slice_, row, col)))


def _flipped(values: np.ndarray, is_flipped: tuple[bool, ...]) -> np.ndarray:
    return values[tuple(slice(None, None, -1 if flip else 1) for flip in is_flipped)]


PICTURE_FRAME = SliceFrame((0, 1, 2), (False, False, False), "none")


def spacing_of(affine: np.ndarray) -> tuple[float, float, float]:
    """Millimetres between voxel centres along i, j, k; summed and rooted in the order of the TypeScript twin."""
    columns = np.asarray(affine, np.float64)[:3, :3].T
    return tuple(float(np.sqrt(x * x + y * y + z * z)) for x, y, z in columns)


def slice_frame_of(dims: tuple[int, int, int], affine: np.ndarray | None) -> SliceFrame:
    """The slice axis is the one of a single voxel, else the one with clearly the widest spacing, else the one nearest
    to the body's long axis. Axial slices have anterior up, sagittal and coronal ones superior up; the patient's right
    is on the picture's left, sagittal ones face left; slices count from the patient's feet, back and right.
    """
    if affine is None:
        return PICTURE_FRAME
    nearest, is_negative = _nearest_axes(np.asarray(affine, np.float64))
    # The last digits of a header's spacing must not choose the axis.
    spacing = [np.floor(mm * 1000 + 0.5) / 1000 for mm in spacing_of(affine)]
    widest, second, _ = sorted(range(3), key=lambda axis: -spacing[axis])
    single = [axis for axis in range(3) if dims[axis] == 1]
    if len(single) == 1:
        slice_ = single[0]
    elif spacing[widest] > OWN_AXIS_RATIO * spacing[second] + 1e-9:
        slice_ = widest
    else:
        slice_ = nearest.index(2)
    col, row = (nearest.index(ras) for ras in {2: (0, 1), 1: (0, 2), 0: (1, 2)}[nearest[slice_]])
    plane = ("sagittal", "coronal", "axial")[nearest[slice_]]
    return SliceFrame((col, row, slice_), (not is_negative[col], not is_negative[row], is_negative[slice_]), plane)


def _nearest_axes(affine: np.ndarray) -> tuple[tuple[int, ...], tuple[bool, ...]]:
    """For each array axis the body axis it runs along (0 left–right, 1 posterior–anterior, 2 inferior–superior), each
    once, and whether it runs to its negative end: the permutation with the largest |cos| in sum. Of several that are
    equally near the one whose axes, each turned towards its body axis' positive end, point farthest to the right, front
    and head: the voxels' places decide, not the order in which they are stored."""
    spacing = spacing_of(affine)
    best = list(permutations(range(3)))

    def cosine(axis: int, ras: int) -> float:
        return float(affine[ras, axis] / spacing[axis])

    def kept(measure) -> list[tuple[int, ...]]:
        least = max(map(measure, best)) - TIE_TOLERANCE
        return [ras for ras in best if measure(ras) >= least]

    def towards(ras: tuple[int, ...], body: int, end: int) -> float:
        axis = ras.index(body)
        return -cosine(axis, end) if cosine(axis, body) < 0 else cosine(axis, end)

    best = kept(lambda ras: sum(abs(cosine(ras.index(body), body)) for body in range(3)))
    for body in range(3):
        for end in range(3):
            best = kept(lambda ras, body=body, end=end: towards(ras, body, end))
    return best[0], tuple(cosine(axis, body) < 0 for axis, body in enumerate(best[0]))
