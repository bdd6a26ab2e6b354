import json
import sys

import numpy as np
import pytest
import torch

from metsight import evaluate
from metsight.data import read_index
from metsight.evaluate import Subject


@pytest.fixture
def bright(data):
    """Marks what is bright inside: all drawn lesions, and of the scalp only its edge, if any."""

    def run(images: torch.Tensor) -> torch.Tensor:
        inside = torch.zeros_like(images)
        inside[..., 50:206, 55:201] = 1
        return torch.where((images > 0.85) & (inside > 0), 0.9, 0.1)

    return Subject("bright", "00", run, threshold=0.5, min_lesion_px=20, data_sets=("heads", "free"))


def test_every_set_and_split_is_reported_with_its_n(bright, data, capsys):
    folders = evaluate.data_set_folders(data, bright.data_sets)
    report = evaluate.evaluate(bright, folders, ["val"])
    assert report["model"] == {"id": "bright", "sha256": "00"}
    assert report["minSize"] == {"value": 20, "unit": "px"}
    heads, free = report["splits"]
    assert (heads["set"], heads["split"], heads["slices"], heads["patients"]) == ("heads", "val", 3, 2)
    assert heads["sliceDice"]["n"] == 2
    assert heads["tumourFree"]["n"] == 1
    assert free["slices"] == free["tumourFree"]["n"] == 1
    assert heads["sliceDice"]["mean"] > 0.1
    assert "heads val: 3 slices, 2 patients" in capsys.readouterr().out


def test_threshold_and_smallest_lesion_can_be_given(bright, data):
    folders = evaluate.data_set_folders(data, ("heads",))
    nothing = evaluate.evaluate(bright, folders, ["val"], threshold=0.95)["splits"][0]
    assert nothing["sliceDice"]["mean"] == 0
    assert nothing["tumourFree"]["withFalsePositive"] == 0
    huge = evaluate.evaluate(bright, folders, ["val"], min_pixels=60_000)
    assert huge["splits"][0]["sliceDice"]["mean"] == 0
    assert huge["minSize"]["value"] == 60_000


def test_a_folder_with_an_index_is_the_one_data_set(bright, data):
    assert evaluate.data_set_folders(data / "free", ("heads", "free")) == [data / "free"]
    with pytest.raises(SystemExit, match="No data set 'absent'"):
        evaluate.data_set_folders(data, ("heads", "absent"))


def test_batches_do_not_mix_slices_up(bright, data, monkeypatch):
    slices = read_index(data / "heads", ["train", "val"])
    whole = [probability for _, probability, _ in evaluate.predict(bright, slices)]
    monkeypatch.setattr(evaluate, "BATCH", 2)
    halves = [probability for _, probability, _ in evaluate.predict(bright, slices)]
    assert all(np.array_equal(a, b) for a, b in zip(whole, halves, strict=True))


def test_the_chosen_threshold_is_a_row_of_the_table(bright, data):
    report = evaluate.choose_threshold(bright, evaluate.data_set_folders(data, bright.data_sets))
    assert report["chosen"] in report["rows"]
    assert report["chosen"]["tumourFree"] == 2
    assert report["chosen"]["slicesWithLesion"] == 2
    assert "validation patients" in report["chosenOn"]


def test_the_command_writes_the_json(bright, data, tmp_path, monkeypatch):
    monkeypatch.setattr(evaluate, "subject_from_checkpoint", lambda path: bright)
    out = tmp_path / "new" / "report.json"
    words = ["evaluate", "--checkpoint", "last.pt", "--data", str(data), "--set", "free", "--split", "train"]
    monkeypatch.setattr(sys, "argv", [*words, "--out", str(out)])
    evaluate.main()
    (split,) = json.loads(out.read_text())["splits"]
    assert (split["set"], split["split"], split["slices"]) == ("free", "train", 1)
