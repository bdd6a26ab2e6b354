import re
import shutil

import cv2
import numpy as np
import pytest
from conftest import REPOSITORY, write_data_set

from metsight.data import (
    MASK_SUFFIXES,
    SPLITS,
    data_root,
    read_image,
    read_index,
    read_indexes,
    read_mask,
    split_sha256,
)


def copy_of(folder, tmp_path):
    return shutil.copytree(folder, tmp_path / folder.name)


def test_reads_the_slices_of_a_split_with_their_masks(data):
    slices = read_index(data / "heads", ["val"])
    assert [(s.id, s.patient, s.split) for s in slices] == [
        ("h4", "P8", "val"),
        ("h5", "P8", "val"),
        ("h6", "P9", "val"),
    ]
    assert read_image(slices[0]).shape == (256, 256)
    mask = read_mask(slices[0], (256, 256))
    assert set(np.unique(mask)) == {0, 1}
    assert 800 < mask.sum() < 1200  # a disc of radius 18, with a wobble
    assert read_mask(slices[1], (256, 256)).sum() == 0


@pytest.mark.parametrize("suffix", MASK_SUFFIXES)
def test_each_lossless_format_is_taken_for_a_mask(data, tmp_path, suffix):
    folder = copy_of(data / "heads", tmp_path)
    png = folder / "masks" / "h4.png"
    mask = cv2.imread(str(png), cv2.IMREAD_GRAYSCALE)
    png.unlink()
    cv2.imwrite(str(png.with_suffix(suffix)), mask, [cv2.IMWRITE_WEBP_QUALITY, 101])
    (folder / "masks" / ".DS_Store").touch()
    index = folder / "index.csv"
    index.write_text("\n".join(line.rpartition(",")[0] for line in index.read_text().splitlines()))
    assert np.array_equal(read_mask(read_index(folder, ["val"])[0], mask.shape), mask > 0)


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("h4.jpg", r"masks/h4\.jpg is of no slice"),
        ("h4.PNG", r"masks/h4\.PNG is of no slice"),
        ("h4_mask.png", r"masks/h4_mask\.png is of no slice"),
        ("h4.tif", r"slice h4 has two masks, h4\.png and h4\.tif"),
    ],
)
def test_a_file_beside_the_masks_is_an_error_never_a_slice_without_a_lesion(data, tmp_path, name, problem):
    folder = copy_of(data / "heads", tmp_path)
    shutil.copyfile(folder / "masks" / "h4.png", folder / "masks" / name)
    with pytest.raises(ValueError, match=problem):
        read_index(folder)


def test_the_command_line_takes_the_same_files_for_masks():
    reader = (REPOSITORY / "src" / "cli" / "dataSet.ts").read_text()
    (listed,) = re.findall(r"const maskSuffixes = \[(.*?)\]", reader)
    assert tuple(re.findall(r"'(.*?)'", listed)) == MASK_SUFFIXES


def test_a_patient_on_two_sides_of_two_sets_is_an_error(data, tmp_path):
    write_data_set(tmp_path / "one", [("a", "P", "train", 1, (9.0,)), ("b", "Q", "val", 2, (9.0,))], has_masks=True)
    write_data_set(tmp_path / "other", [("c", "P", "val", 3, (9.0,))], has_masks=True)
    with pytest.raises(ValueError, match="patient P is in train of one and in val of other"):
        read_indexes(tmp_path, ["one", "other"])
    assert [slice_.id for slice_ in read_indexes(tmp_path, ["one", "one"])] == ["a", "b"]


def test_a_set_without_a_masks_folder_is_tumour_free(data):
    slices = read_index(data / "free")
    assert len(slices) == 2
    assert all(s.mask_path is None for s in slices)


@pytest.mark.parametrize(
    ("row", "complaint"),
    [("h0,P0,val", "patient P0 is in val and in train"), ("h0,,train", "does not say whose slice h0 is")],
    ids=["a patient on both sides of a split", "a slice of nobody"],
)
def test_an_index_that_cannot_be_split_by_patient_is_an_error(data, tmp_path, row, complaint):
    folder = copy_of(data / "heads", tmp_path)
    index = folder / "index.csv"
    index.write_text(index.read_text().replace("h0,P0,train", row))
    with pytest.raises(ValueError, match=complaint):
        read_index(folder)


def test_a_lost_mask_is_an_error_not_a_tumour_free_slice(data, tmp_path):
    folder = copy_of(data / "heads", tmp_path)
    (folder / "masks" / "h4.png").unlink()
    with pytest.raises(FileNotFoundError, match=r"slice h4 \d+ mask pixels, no mask is there"):
        read_index(folder)


def test_a_lost_image_is_an_error(data, tmp_path):
    folder = copy_of(data / "heads", tmp_path)
    (folder / "images" / "h1.png").unlink()
    with pytest.raises(FileNotFoundError, match="no image of slice h1"):
        read_index(folder)


def test_an_unknown_split_is_an_error(data, tmp_path):
    folder = copy_of(data / "heads", tmp_path)
    index = folder / "index.csv"
    index.write_text(index.read_text().replace("h0,P0,train", "h0,P0,training"))
    with pytest.raises(ValueError, match="'training'"):
        read_index(folder)


def test_a_mask_of_another_size_is_an_error(data):
    slice_ = read_index(data / "heads", ["val"])[0]
    with pytest.raises(ValueError, match="not a mask of 128×128 pixels"):
        read_mask(slice_, (128, 128))


def test_the_fingerprint_of_a_split_ignores_order_and_notices_a_moved_patient(data, tmp_path):
    slices = read_index(data / "heads")
    assert split_sha256(slices) == split_sha256(slices[::-1])
    folder = copy_of(data / "heads", tmp_path)
    index = folder / "index.csv"
    index.write_text(index.read_text().replace(",P9,val", ",P9,test"))
    assert split_sha256(read_index(folder)) != split_sha256(slices)


def test_no_data_folder_says_what_to_give(monkeypatch, tmp_path):
    monkeypatch.delenv("METSIGHT_DATA", raising=False)
    with pytest.raises(SystemExit, match="--data"):
        data_root(None)
    with pytest.raises(SystemExit, match="is not a folder"):
        data_root(str(tmp_path / "absent"))
    monkeypatch.setenv("METSIGHT_DATA", str(tmp_path))
    assert data_root(None) == tmp_path


@pytest.mark.parametrize(
    ("name", "slices", "patients"),
    [
        ("t1ce-primary", (2005, 542, 213), (145, 33, 16)),
        ("t1ce-glioma", (746, 247, 131), (8, 3, 2)),
        ("t1post-negative", (691, 138, 71), (71, 14, 6)),
        ("t1post-ms-negative", (100, 106, 99), (1, 1, 1)),
    ],
)
def test_the_real_sets_have_the_counts_that_the_readme_states(real_data, name, slices, patients):
    by_split = [read_index(real_data / name, [split]) for split in SPLITS]
    assert tuple(len(found) for found in by_split) == slices
    assert tuple(len({s.patient for s in found}) for found in by_split) == patients
