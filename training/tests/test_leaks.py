"""Duplicates across splits, on drawn heads."""

import sys
import time

import cv2
import numpy as np
import pytest
from conftest import write_data_set

from metsight import leaks
from metsight.data import read_image, read_index
from metsight.leaks import Owner, find_pairs, print_of, report
from metsight.phantom import draw_head


@pytest.fixture(scope="module")
def head() -> np.ndarray:
    return draw_head(3, lesion_radii=(9.0,))[0]


def pairs_of(*images: np.ndarray, patients: str = "ABCDEFGH"):
    return find_pairs([print_of(np.ascontiguousarray(image)) for image in images], list(patients[: len(images)]))


@pytest.mark.parametrize(
    "copy",
    [
        lambda x: x[:, ::-1],
        lambda x: np.rot90(x),
        lambda x: x.T,
        lambda x: (255 * (x / 255) ** 1.4).astype(np.uint8),
        lambda x: cv2.imdecode(cv2.imencode(".jpg", x, [cv2.IMWRITE_JPEG_QUALITY, 70])[1], cv2.IMREAD_GRAYSCALE),
        lambda x: np.clip(1.5 * x.astype(float), 0, 255).astype(np.uint8),
        lambda x: cv2.resize(cv2.resize(x, (200, 200), interpolation=cv2.INTER_AREA), (256, 256)),
    ],
    ids=["flipped", "turned", "transposed", "gamma", "jpeg", "windowed", "rescaled"],
)
def test_a_copy_is_found_however_it_was_changed(head, copy):
    (pair,) = pairs_of(draw_head(4)[0], head, copy(head))
    assert (pair.first, pair.second, pair.is_exact) == (1, 2, False)


def test_the_same_pixels_are_called_so_and_different_heads_are_no_pair(head):
    (pair,) = pairs_of(head, draw_head(4)[0], draw_head(5)[0], head.copy())
    assert (pair.first, pair.second, pair.is_exact) == (0, 3, True)
    assert pair.correlation == pytest.approx(1, abs=1e-5)


def test_slices_of_one_patient_and_flat_slices_are_never_a_pair(head):
    assert pairs_of(head, head, patients="AA") == []
    flat = np.full((256, 256), 7, np.uint8)
    assert pairs_of(flat, flat) == []
    assert find_pairs([], []) == []


def test_pairs_are_found_in_blocks_as_in_one(head, monkeypatch):
    images = [draw_head(seed)[0] for seed in range(5)] + [head, head[::-1]]
    whole = pairs_of(*images)
    monkeypatch.setattr(leaks, "BLOCK", 2)
    # seed 3 without its lesion is nearly the head itself
    assert [(p.first, p.second) for p in pairs_of(*images)] == [(p.first, p.second) for p in whole]
    assert (5, 6) in {(p.first, p.second) for p in whole}


def test_only_what_crosses_a_split_is_a_leak(head):
    pairs = pairs_of(head, head[:, ::-1])
    within = [Owner("a", "A", "train"), Owner("b", "B", "train")]
    text, has_leak = report(within, pairs)
    assert not has_leak
    assert "1 near duplicates" in text
    text, has_leak = report([within[0], Owner("b", "B", "test")], pairs)
    assert has_leak
    assert "a (A, train) = b (B, test)" in text


def test_a_patient_on_two_sides_of_two_sets_is_a_leak():
    text, has_leak = report([Owner("x/1", "P", "train"), Owner("y/1", "P", "val")], [])
    assert has_leak
    assert "P is on more than one side" in text


def test_the_command_fails_on_a_leak_and_passes_without(data, tmp_path, monkeypatch, capsys):
    rows = [("a", "A", "train", 0, (9.0,)), ("b", "B", "val", 0, (9.0,))]
    write_data_set(tmp_path / "leaky", rows, has_masks=True)
    for folder, code in ((tmp_path / "leaky", 1), (data / "heads", 0)):
        monkeypatch.setattr(sys, "argv", ["leaks", "--data", str(folder)])
        with pytest.raises(SystemExit) as ended:
            leaks.main()
        assert ended.value.code == code
    assert "1 exact" in capsys.readouterr().out


def test_the_real_sets_do_not_leak_and_hold_one_patient_twice(real_data):
    slices = [s for name in ("t1ce-glioma", "t1post-negative") for s in read_index(real_data / name)]
    owners = [leaks.owner_of(slice_) for slice_ in slices]
    pairs = find_pairs([print_of(read_image(slice_)) for slice_ in slices], [owner.patient for owner in owners])
    assert not report(owners, pairs)[1]
    twice = {frozenset((owners[pair.first].patient, owners[pair.second].patient)) for pair in pairs}
    assert twice == {frozenset(("BraTS20_Training_133", "brats_2013_pat0004_1"))}
    assert len(pairs) > 50


def test_a_thousand_slices_take_less_than_ten_seconds():
    """Time grows with the square: three thousand then take less than 90 s of one core."""
    rng = np.random.default_rng(0)
    prints = [
        leaks.Print("", fine / np.linalg.norm(fine))
        for fine in rng.normal(size=(1000, leaks.SIDE, leaks.SIDE)).astype(np.float32)
    ]
    prints[999] = prints[17]
    started = time.process_time()
    assert [(p.first, p.second) for p in find_pairs(prints, [str(n) for n in range(1000)])] == [(17, 999)]
    assert time.process_time() - started < 10
