"""Volumes with spacing: nothing is lost, nothing is turned, and nibabel agrees on where things are."""

from itertools import permutations, product

import nibabel as nib
import numpy as np
import pytest

from metsight import preprocess as recipe
from metsight.postprocess import restore_volume
from metsight.recipe_goldens import drawn_volume, rotated, volume_cases
from metsight.slice_frame import slice_frame_of

ORIENTATIONS = [(order, flips) for order in permutations(range(3)) for flips in product([False, True], repeat=3)]


def stored_as(values: np.ndarray, affine: np.ndarray, order, flips) -> tuple[np.ndarray, np.ndarray]:
    """The same voxels in another order of storage, by nibabel's own reorientation."""
    change = np.array([[order.index(axis), -1 if flips[order.index(axis)] else 1] for axis in range(3)])
    inverse = nib.orientations.inv_ornt_aff(change, values.shape)
    return nib.orientations.apply_orientation(values, change), affine @ inverse


@pytest.mark.parametrize("affine", [np.diag([2.0, 2.1, 5, 1]), rotated((1.5, 1.5, 1.5), (14, -9, 21))])
def test_the_order_of_storage_changes_neither_pictures_nor_places(affine):
    values = drawn_volume((24, 22, 6), 21)
    pictures, placement = recipe.preprocess_volume(values, affine)
    restored = restore_volume(pictures, placement)
    assert len({values.shape[axis] for axis in range(3)}) == 3
    for order, flips in ORIENTATIONS:
        other, other_affine = stored_as(values, affine, order, flips)
        other_pictures, other_placement = recipe.preprocess_volume(other, other_affine)
        assert np.array_equal(other_pictures, pictures), (order, flips)
        back = restore_volume(other_pictures, other_placement)
        assert np.array_equal(back, stored_as(restored, affine, order, flips)[0]), (order, flips)


@pytest.mark.parametrize(
    ("rows", "axes", "is_flipped"),
    [
        ([[1, -1, 0], [1, 1, 0], [0, 0, 3]], (0, 1, 2), (True, True, False)),
        ([[-1, 1, 0], [1, 1, 0], [0, 0, 3]], (1, 0, 2), (True, True, False)),
        ([[3, 0, 0], [0, 1, -1], [0, 1, 1]], (1, 2, 0), (True, True, False)),
    ],
)
def test_at_45_degrees_the_voxels_places_decide(rows, axes, is_flipped):
    """The same three in `src/domain/sliceFrame.test.ts`; the first two are one volume in two orders of storage."""
    frame = slice_frame_of((20, 20, 20), np.block([[np.array(rows, float), np.zeros((3, 1))], [np.zeros((1, 3)), 1]]))
    assert frame.axes == axes and frame.is_flipped == is_flipped


@pytest.mark.parametrize("case", [case for case in volume_cases() if case[2] is not None], ids=lambda case: case[0])
def test_pictures_show_the_patient_as_nibabel_orients_him(case):
    _, values, affine = case
    frame = slice_frame_of(values.shape, affine)
    turned = affine[:3, :3] @ np.eye(3)[list(frame.axes)].T
    signs = [-1 if flip else 1 for flip in frame.is_flipped]
    codes = nib.aff2axcodes(np.block([[turned * signs, np.zeros((3, 1))], [np.zeros((1, 3)), np.ones((1, 1))]]))
    assert codes == {"axial": ("L", "P", "S"), "coronal": ("L", "I", "A"), "sagittal": ("P", "I", "R")}[frame.plane]


@pytest.mark.parametrize(
    ("first", "end", "expected"),
    [
        (10, 50, [-98]),
        (0, 248, [-4]),
        (0, 249, [-4, -3]),
        (0, 472, [-4, 220]),
        (0, 473, [-4, 109, 221]),
        (-7, 900, [-11, 209, 428, 648]),
    ],
)
def test_windows_cover_the_content_with_their_overlap(first, end, expected):
    starts = recipe.window_starts(first, end, 256, 4, 32)
    assert len(starts) == len(expected)
    assert starts[0] == expected[0] and abs(starts[-1] - expected[-1]) <= 1
    if len(starts) > 1:
        assert starts[0] == first - 4 and starts[-1] + 256 == end + 4
        assert max(np.diff(starts)) <= 256 - 32


def test_blended_windows_of_a_constant_are_that_constant():
    values, affine = drawn_volume((60, 40, 1), 6, 0.02), np.diag([9.1, -7.5, 5, 1])
    pictures, placement = recipe.preprocess_volume(values, affine)
    assert len(placement.windows) > 3
    restored = restore_volume(np.ones_like(pictures), placement)
    assert np.abs(restored[values >= 200] - 1).max() < 1e-6
