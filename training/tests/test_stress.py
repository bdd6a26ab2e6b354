"""The stress test of synthetic lesions, on drawn heads."""

import json
import sys
from dataclasses import replace

import numpy as np
import pytest
import torch

from metsight import stress, synthetic
from metsight.data import read_index
from metsight.head import find_brain, head_depth
from metsight.metrics import components
from metsight.phantom import draw_head
from metsight.subject import Subject, predict
from metsight.synthetic import CLASSES, SHARES, Lesion


@pytest.fixture(scope="module")
def head():
    return draw_head(21)[0]


def drawn_one(head: np.ndarray, number: int, seed: int = 1):
    image, mask, (lesion,) = synthetic.draw(head, (seed, 0), number, 1, 0.94)
    return image, mask, lesion


def test_a_lesion_has_its_diameter_and_nothing_else_changes(head):
    for number in range(30):
        image, mask, lesion = drawn_one(head, number)
        across = 2 * np.sqrt(mask.sum() / np.pi) * 0.94
        assert across == pytest.approx(lesion.diameter_mm, abs=0.15 * lesion.diameter_mm + 0.6)
        assert lesion.size_class == CLASSES[number % len(CLASSES)]
        rows, cols = np.mgrid[:256, :256]
        far = np.hypot(rows - lesion.row, cols - lesion.col) > lesion.diameter_mm / 0.94 * 0.8 + 2
        assert np.array_equal(image[far], head[far])
        assert mask[lesion.row, lesion.col]


def test_classes_contrasts_and_rings_take_turns(head):
    lesions = [drawn_one(head, number)[2] for number in range(30)]
    assert [one.contrast for one in lesions[::5]] == [1.4, 1.8, 2.4] * 2
    assert {one.kind for one in lesions[:15]} == {"filled"}
    assert [one.kind for one in lesions[15:] if one.diameter_mm >= 8].count("filled") == 0
    assert all(one.kind == "filled" for one in lesions if one.diameter_mm < 8)


def test_filled_ones_are_bright_and_rings_have_a_darker_middle(head):
    (filled, _, a), (ring, _, b) = drawn_one(head, 14, seed=3), drawn_one(head, 29, seed=3)
    assert (a.kind, b.kind, a.contrast) == ("filled", "ring", 2.4)
    assert filled[a.row, a.col] > 1.6 * head[a.row, a.col]
    assert ring[b.row, b.col] < head[b.row, b.col]


def test_the_same_seed_draws_the_same_and_lesions_stay_apart(head):
    first, again = (synthetic.draw(head, (5, 2), 0, 6, 0.94) for _ in range(2))
    assert np.array_equal(first[0], again[0]) and first[2] == again[2]
    assert components(first[1])[0] == len(first[2]) > 2
    assert synthetic.draw(np.zeros((256, 256), np.uint8), (5, 2), 0, 6, 0.94)[2] == []


def test_lesions_lie_in_the_brain_and_none_where_it_is_not_known(head):
    brain = find_brain(head, head_depth(head)).mask
    lesions = [one for seed in range(20) for one in synthetic.draw(head, (seed, 0), 0, 3, 0.94)[2]]
    assert len(lesions) > 40
    assert all(brain[one.row, one.col] for one in lesions)
    face = np.where(np.random.default_rng(3).random(head.shape) < 0.3, head // 4, head)
    assert not find_brain(face, head_depth(face)).is_sure
    assert synthetic.draw(face, (1, 0), 0, 3, 0.94)[2] == []


def test_the_shares_of_the_classes_sum_to_one():
    assert sum(SHARES) == pytest.approx(1, abs=1e-9)


@pytest.fixture
def bright() -> Subject:
    """Says 0.9 where a picture is bright: it finds what is drawn."""

    def run(images: torch.Tensor) -> torch.Tensor:
        return torch.where(images > 0.75, 0.9, 0.1)

    return Subject("bright", "0" * 64, run, threshold=0.5, min_lesion_px=0, data_sets=("heads", "free"))


def seen_in(subject: Subject, data) -> dict:
    return {name: list(predict(subject, read_index(data / name))) for name in ("heads", "free")}


def test_only_sets_that_are_tumour_free_throughout_are_used(bright, data):
    free = stress.tumour_free(seen_in(bright, data))
    assert {one.slice.dataset for one in free} == {"free"}
    assert len(free) == 2


def test_what_marks_everything_finds_nothing_and_what_marks_the_lesions_finds_all(bright, data, monkeypatch):
    everywhere = replace(bright, run=lambda images: torch.full_like(images, 0.9))
    report = stress.measure(everywhere, stress.tumour_free(seen_in(everywhere, data)), "val")
    assert [own["name"] for own in report["points"]] == ["as shipped", "at most 5% touched"]
    assert report["points"][0]["touched"] == {"free": 1}
    assert report["points"][1]["threshold"] == 0.95, "the first above 0.9"
    assert sum(own["found"] for own in report["points"][0]["diameters"]) == 0, "IoU with the whole picture"

    free = stress.tumour_free(seen_in(bright, data))
    number = iter(range(100))
    masks = {}
    draw = synthetic.draw

    def remember(*words):
        image, mask, lesions = draw(*words)
        masks[next(number)] = mask
        return image, mask, lesions

    monkeypatch.setattr(synthetic, "draw", remember)
    knowing = replace(bright, run=lambda images: torch.tensor(np.stack([masks[n] for n in range(2)])[:, None]) * 0.9)
    (shipped, _) = stress.measure(knowing, free, "val")["points"]
    assert sum(own["n"] for own in shipped["diameters"]) == sum(own["found"] for own in shipped["diameters"]) > 3
    assert sum(own["n"] for own in shipped["contrasts"]) == sum(own["n"] for own in shipped["diameters"])


def test_a_mark_that_was_there_before_is_counted_as_chance(bright, data):
    (one, _) = stress.tumour_free(seen_in(bright, data))
    mask = np.zeros((256, 256), bool)
    mask[100:110, 100:110] = True
    marked = np.where(mask, np.float32(0.9), np.float32(0))
    stressed = stress.Stressed(replace(one, probability=marked), marked, mask, (Lesion(104, 104, 11.0, 1.8, "filled"),))
    own = stress.point(bright, [stressed], "as shipped", 0.5)
    assert own["foundBeforeDrawn"] == 1
    assert own["diameters"][3] == {"diameterMm": "10–15", "found": 1, "n": 1}
    assert {"contrast": 1.8, "diameterMm": "10–15", "found": 1, "n": 1} in own["cells"]
    assert sum(cell["n"] for cell in own["cells"]) == 1
    assert own["weighted"] is None, "not of every class there is one"
    assert own["kinds"] == [{"kind": "filled", "found": 1, "n": 1}, {"kind": "ring", "found": 0, "n": 0}]


def test_the_command_writes_what_it_found_and_calls_it_synthetic(bright, data, tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(stress, "subject_from_model", lambda folder: bright)
    out = tmp_path / "stress.json"
    monkeypatch.setattr(sys, "argv", ["stress", "--model", "m", "--data", str(data), "--out", str(out)])
    stress.main()
    report = json.loads(out.read_text())
    assert (report["synthetic"], report["split"], report["slices"], report["sets"]) == (True, "val", 1, ["free"])
    assert capsys.readouterr().out.startswith("SYNTHETIC lesions in 1 val slices of free")
    monkeypatch.setattr(sys, "argv", ["stress", "--model", "m", "--data", str(data), "--set", "heads"])
    with pytest.raises(SystemExit, match="tumour-free throughout"):
        stress.main()
