import json
import shutil
import sys
from dataclasses import replace

import numpy as np
import pytest
import torch

from metsight import evaluate, subject, thresholds
from metsight.data import read_index
from metsight.figures import split_figures
from metsight.subject import Subject


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
    assert free["intervals"] is None, "one patient"
    assert heads["hd95"]["n"] == 2
    assert heads["hd95"]["mm"] == {"mean": None, "median": None, "medianInterval": None}, "the spacing is not known"
    assert heads["hd95"]["px"]["medianInterval"] is heads["calibration"]["eceInterval"] is None, "two patients"
    assert report["sizeClasses"] == {"unit": "mm"}
    assert heads["calibration"]["after"]["n"] > 100
    assert len(heads["froc"]) == len(thresholds.THRESHOLDS)
    assert heads["by"] == {}
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
    whole = [seen.probability for seen in subject.predict(bright, slices)]
    monkeypatch.setattr(subject, "BATCH", 2)
    halves = [seen.probability for seen in subject.predict(bright, slices)]
    assert all(np.array_equal(a, b) for a, b in zip(whole, halves, strict=True))


def test_the_chosen_threshold_is_a_row_of_the_table(bright, data):
    seen = {name: list(evaluate.see(bright, data / name, "val")) for name in ("heads", "free")}
    report = evaluate.choose_threshold(bright, seen, "heads")
    assert report["chosen"] in report["rows"]
    assert report["chosen"]["tumourFree"] == 2
    assert report["chosen"]["slicesWithLesion"] == 2
    assert report["chosen"]["slices"] == 4
    assert "validation patients" in report["chosenOn"]
    with pytest.raises(SystemExit, match="free has no validation slice with a lesion"):
        evaluate.choose_threshold(bright, seen, "free")


def test_the_command_writes_the_json(bright, data, tmp_path, monkeypatch):
    monkeypatch.setattr(evaluate, "subject_from_checkpoint", lambda path: bright)
    out = tmp_path / "new" / "report.json"
    words = ["evaluate", "--checkpoint", "last.pt", "--data", str(data), "--set", "free", "--split", "train"]
    monkeypatch.setattr(sys, "argv", [*words, "--out", str(out)])
    evaluate.main()
    (split,) = json.loads(out.read_text())["splits"]
    assert (split["set"], split["split"], split["slices"]) == ("free", "train", 1)


def test_figures_come_by_view_and_by_the_site_in_a_tcga_id(bright, data, tmp_path):
    folder = shutil.copytree(data / "heads", tmp_path / "heads")
    heading, *rows = (folder / "index.csv").read_text().replace("P9", "TCGA_CS_0001").splitlines()
    rows = [f"{row},{'axial' if 'h4' in row else 'sagittal'},0.5" for row in rows]
    (folder / "index.csv").write_text("\n".join([f"{heading},view,spacing_mm", *rows]) + "\n")
    (figures,) = evaluate.evaluate(bright, [folder], ["val"])["splits"]
    assert {value: own["slices"] for value, own in figures["by"]["view"].items()} == {"axial": 1, "sagittal": 2}
    assert {value: own["slices"] for value, own in figures["by"]["site"].items()} == {"CS": 1}
    assert figures["hd95"]["mm"]["mean"] == pytest.approx(figures["hd95"]["px"]["mean"] / 2)


def test_sizes_are_in_millimetres_of_the_slice_or_as_if_it_were_the_networks_picture(bright, data):
    def classes(spacing_mm, dataset="heads"):
        seen = list(evaluate.see(bright, data / "heads", "val"))
        own = [replace(one, slice=replace(one.slice, spacing_mm=spacing_mm, dataset=dataset)) for one in seen]
        figures = split_figures(dataset, "val", own, threshold=0.5, smallest=lambda truth: 1, temperature=1.0)
        return {name: tally["n"] for name, tally in figures["lesionSensitivity"].items()}

    # Radii of 18, 12 and 4 pixels of a 256² slice.
    assert classes(None) == {"<6": 0, "6-10": 1, "10-20": 0, ">20": 2, "all": 3}
    assert classes(0.5) == {"<6": 1, "6-10": 0, "10-20": 2, ">20": 0, "all": 3}
    (seen, *_) = evaluate.see(bright, data / "heads", "val")
    assert seen.pixel_mm == pytest.approx(0.94)
    assert replace(seen, truth=np.zeros((300, 512), bool)).pixel_mm == pytest.approx(0.47)
    assert replace(seen, slice=replace(seen.slice, dataset="t1ce-primary")).pixel_mm == 0.98


def test_two_networks_are_compared_lesion_by_lesion_and_their_mean_is_a_third(bright, data):
    blind = replace(bright, id="blind", run=lambda images: torch.full_like(images, 0.2), threshold=0.3)
    report = evaluate.compare([bright, blind], [data / "heads"], ["val"], has_ensemble=True)
    assert [own["model"]["id"] for own in report["models"]] == ["bright", "blind"]
    (agreed,) = report["agreement"]
    found = report["models"][0]["splits"][0]["lesionSensitivity"]["all"]
    assert agreed["lesions"]["all"] == {
        "both": 0, "onlyFirst": found["found"], "onlySecond": 0, "neither": found["n"] - found["found"],
    }  # fmt: skip
    assert agreed["diceBetween"]["mean"] == 0
    # (0.9 + 0.2) / 2 = 0.55 is above the mean threshold 0.4, 0.15 below it: the same masks as the first's.
    assert report["ensemble"]["threshold"] == pytest.approx(0.4)
    first, mean = report["models"][0]["splits"][0], report["ensemble"]["splits"][0]
    assert mean["sliceDice"] == first["sliceDice"]


def test_an_ensemble_of_one_is_refused():
    with pytest.raises(SystemExit):
        evaluate.parse_arguments(["--model", "a", "--ensemble", "--out", "x.json"])
