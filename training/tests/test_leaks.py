"""Duplicates across splits, on drawn heads."""

import sys
import time
import tracemalloc

import cv2
import numpy as np
import pytest
from conftest import write_data_set

from metsight import leaks
from metsight.data import read_image, read_index
from metsight.leaks import TURNS, Owner, Prints, Sketches, find_pairs, fine_of, report, turned
from metsight.phantom import draw_head


@pytest.fixture(scope="module")
def head() -> np.ndarray:
    return draw_head(3, lesion_radii=(9.0,))[0]


def prints_of(*images: np.ndarray) -> Prints:
    prints = Prints()
    for image in images:
        prints.add(np.ascontiguousarray(image))
    return prints


def pairs_of(*images: np.ndarray, patients: str = "ABCDEFGH"):
    return find_pairs(prints_of(*images), list(patients[: len(images)]))


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
    assert find_pairs(Prints(), []) == []


def test_pairs_are_found_in_blocks_as_in_one(head, monkeypatch):
    images = [draw_head(seed)[0] for seed in range(5)] + [head, head[::-1]]
    whole = pairs_of(*images)
    monkeypatch.setattr(leaks, "ROWS", 2)
    monkeypatch.setattr(leaks, "COLS", 3)
    # seed 3 without its lesion is nearly the head itself
    assert [(p.first, p.second) for p in pairs_of(*images)] == [(p.first, p.second) for p in whole]
    assert (5, 6) in {(p.first, p.second) for p in whole}
    monkeypatch.setattr(leaks, "MANY", 0)
    assert [(p.first, p.second) for p in pairs_of(*images)] == [(p.first, p.second) for p in whole]


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
    prints = prints_of(*(read_image(slice_) for slice_ in slices))
    pairs = find_pairs(prints, [owner.patient for owner in owners])
    assert not report(owners, pairs)[1]
    twice = {frozenset((owners[pair.first].patient, owners[pair.second].patient)) for pair in pairs}
    assert twice == {frozenset(("BraTS20_Training_133", "brats_2013_pat0004_1"))}
    assert len(pairs) > 50


def textures(n: int, *, copied: int | None = None) -> Prints:
    """Structure as fine as that of heads, and once more the one at `copied`."""
    rng = np.random.default_rng(0)
    pictures = [cv2.GaussianBlur(rng.normal(128, 120, (64, 64)).astype(np.float32), (0, 0), 1.4) for _ in range(n)]
    prints = Prints()
    for number in [*range(n), *([] if copied is None else [copied])]:
        prints.add_print(str(number), fine_of(pictures[number]))
    return prints


def test_no_pair_correlates_more_than_its_bound():
    """What the sketches leave out is never lost."""
    heads = prints_of(*(draw_head(seed, lesion_radii=(9.0,))[0] for seed in range(6))).fine()
    for fine in (heads, textures(6).fine(), np.random.default_rng(1).normal(0, 1 / 64, heads.shape)):
        sketches, whole = Sketches(fine), slice(0, len(fine))
        bounds = []
        for turn in TURNS:
            correlation = leaks.flat(turned(fine, turn)) @ leaks.flat(fine).T
            bounds.append(sketches.bound(whole, whole, turn))
            assert (bounds[-1] >= correlation - leaks.ROUNDING).all()
    assert len({turned(heads[:1], turn).tobytes() for turn in TURNS}) == 8


def test_the_bound_rules_out_most_pairs_of_different_pictures():
    fine = textures(60).fine()
    bound = np.max([Sketches(fine).bound(slice(0, 60), slice(0, 60), turn) for turn in TURNS], axis=0)
    assert (bound[np.triu_indices(60, 1)] >= leaks.NEAR).mean() < leaks.MANY


def test_two_thousand_slices_take_less_than_ten_seconds_and_little_memory():
    prints = textures(2000, copied=17)
    started = time.process_time()
    tracemalloc.start()
    (pair,) = find_pairs(prints, [str(n) for n in range(2001)])
    assert (pair.first, pair.second, pair.is_exact) == (17, 2000, True)
    assert tracemalloc.get_traced_memory()[1] < 200e6
    tracemalloc.stop()
    assert time.process_time() - started < 10
