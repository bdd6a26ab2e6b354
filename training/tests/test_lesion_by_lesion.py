"""The table and the pictures of sets too small for figures."""

import sys

import cv2
import pytest
import torch

from metsight import lesion_by_lesion
from metsight.lesion_by_lesion import ENLARGED
from metsight.subject import Subject


@pytest.fixture
def subjects(monkeypatch) -> None:
    """`half`: marks the right half of each slice; `nothing`: none of it."""
    right = torch.zeros(1, 1, 256, 256)
    right[..., 128:] = 1
    of = {"half": right, "nothing": torch.zeros(1, 1, 256, 256)}
    monkeypatch.setattr(
        lesion_by_lesion,
        "subject_from_model",
        lambda folder: Subject(
            folder.name, "", lambda images: of[folder.name].expand(len(images), -1, -1, -1), 0.5, 1, ("heads",)
        ),
    )


def run(monkeypatch, *words: str) -> None:
    monkeypatch.setattr(sys, "argv", ["lesion_by_lesion", *words])
    lesion_by_lesion.main()


def test_each_lesion_and_each_tumour_free_slice_has_a_row_and_each_slice_a_picture(
    subjects, data, tmp_path, monkeypatch, capsys
):
    models = ("--model", "half", "--model", "nothing")
    run(monkeypatch, *models, "--data", str(data / "heads"), "--out", str(tmp_path))
    head, _, *lines = capsys.readouterr().out.strip().splitlines()
    assert head == "| slice | lesion | half | nothing |"
    assert [line for line in lines if "h5" in line] == ["| h5 | none | 1 marked | none marked |"]
    lesions = [line for line in lines if " mm |" in line]
    assert [line[:5] for line in lesions] == ["| h4 ", "| h6 ", "| h6 "]
    assert all(line.endswith("missed, IoU 0.00 |") for line in lesions)
    assert all("1 marked | 0 marked |" in line for line in lines if "beside" in line)

    image = cv2.imread(str(data / "heads" / "images" / "h5.png"))
    drawn = cv2.imread(str(tmp_path / "h5.png"))
    assert drawn.shape == (ENLARGED * 256, ENLARGED * 256, 3)
    assert drawn[300, 128 * ENLARGED].tolist() == list(lesion_by_lesion.ORANGE), "the mark's left edge"
    assert (drawn[1::ENLARGED, 1 : 127 * ENLARGED : ENLARGED] == image[:, :127]).all(), "and nothing else is touched"


def test_what_is_no_data_set_is_said(subjects, tmp_path, monkeypatch):
    with pytest.raises(SystemExit, match="no data set"):
        run(monkeypatch, "--model", "half", "--data", str(tmp_path), "--out", str(tmp_path))
