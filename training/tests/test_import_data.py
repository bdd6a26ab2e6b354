"""Importers, on originals made here."""

import csv
import sys
from pathlib import Path

import cv2
import h5py
import nibabel
import numpy as np
import pytest
from PIL import Image

from metsight import import_data
from metsight.data import read_image, read_index, read_mask
from metsight.import_data import Splitting, join
from metsight.importers.found_slice import ImportFailure, place_mask
from metsight.leaks import Pair
from metsight.phantom import draw_head
from metsight.preprocess import place, window_to_bytes


def run(monkeypatch: pytest.MonkeyPatch, *words: object) -> None:
    monkeypatch.setattr(sys, "argv", ["import_data", *map(str, words)])
    import_data.main()


def write_mat(path: Path, image: np.ndarray, mask: np.ndarray, pid: str, label: int) -> None:
    """As MATLAB writes it: columns first, text as character codes, scalars 1×1."""
    with h5py.File(path, "w") as file:
        record = file.create_group("cjdata")
        record["image"] = image.T.astype(np.int16)
        record["tumorMask"] = mask.T.astype(np.uint8)
        record["tumorBorder"] = np.zeros((8, 1))
        record["label"] = np.array([[label]], float)
        record["PID"] = np.array([[ord(letter)] for letter in pid], np.uint16)


def big_head(seed: int) -> tuple[np.ndarray, np.ndarray]:
    """512×512, more than 8 bit."""
    image, mask = draw_head(seed, lesion_radii=(12.0,))
    return np.kron(image, np.ones((2, 2), int)) * 9, np.kron(mask, np.ones((2, 2), int))


def test_chengs_mat_files(tmp_path, monkeypatch):
    source = tmp_path / "mat" / "part1"
    source.mkdir(parents=True)
    for n, pid in ((2, "100360"), (10, "MR024780B"), (9, "MR024780D")):
        write_mat(source / f"{n}.mat", *big_head(n), pid, 3)
    run(monkeypatch, "cheng", "--from", tmp_path / "mat", "--to", tmp_path / "set", "--val", 0.3)
    slices = read_index(tmp_path / "set")
    assert [(s.id, s.patient) for s in slices] == [("2", "100360"), ("9", "MR024780"), ("10", "MR024780")]
    assert slices[0].facets == {"label": "pituitary"}
    image, mask = big_head(2)
    assert np.array_equal(read_image(slices[0]), place(window_to_bytes(image))), "not transposed"
    assert np.array_equal(read_mask(slices[0], (256, 256)), mask[::2, ::2])
    row = next(csv.DictReader((tmp_path / "set" / "index.csv").open()))
    assert (row["pid"], row["source_size"], int(row["mask_px"])) == ("100360", "512", mask[::2, ::2].sum())


def test_a_mat_file_that_is_none_is_named(tmp_path, monkeypatch):
    (tmp_path / "mat").mkdir()
    (tmp_path / "mat" / "7.mat").write_bytes(b"MATLAB 5.0 MAT-file")
    with pytest.raises(SystemExit, match=r"7\.mat is not one of Cheng's files"):
        run(monkeypatch, "cheng", "--from", tmp_path / "mat", "--to", tmp_path / "set")
    assert not list(tmp_path.glob("set*"))


@pytest.fixture
def kaggle(tmp_path) -> Path:
    """Two patients; the second one's T1 after contrast was not taken."""
    for patient, has_post in (("TCGA_CS_4941_19960909", True), ("TCGA_DU_5849_19950405", False)):
        folder = tmp_path / "kaggle_3m" / patient
        folder.mkdir(parents=True)
        for n in (1, 2):
            pre, flair, post = (draw_head(100 * n + len(patient) + k + 10 * has_post)[0] for k in range(3))
            mask = 255 * draw_head(n, lesion_radii=(10.0,) if n == 2 else ())[1]
            picture = np.dstack([pre, flair, post if has_post else flair])
            Image.fromarray(picture).save(folder / f"{patient}_{n}.tif")
            Image.fromarray(mask).save(folder / f"{patient}_{n}_mask.tif")
    return tmp_path / "kaggle_3m"


def test_kaggles_flair_and_t1_channels(kaggle, tmp_path, monkeypatch):
    run(monkeypatch, "kaggle-flair", "--from", kaggle, "--to", tmp_path / "flair")
    run(monkeypatch, "kaggle-t1post", "--from", kaggle, "--to", tmp_path / "t1")
    flair, t1 = read_index(tmp_path / "flair"), read_index(tmp_path / "t1")
    assert [s.patient for s in flair] == ["TCGA_CS_4941"] * 2 + ["TCGA_DU_5849"] * 2
    assert [s.mask_path is not None for s in flair] == [False, True] * 2
    assert flair[0].facets["site"] == "CS"
    # Only where the sequence was taken and no tumour is.
    assert [s.id for s in t1] == ["TCGA_CS_4941_19960909_1"]
    assert not (tmp_path / "t1" / "masks").exists()
    tiff = np.array(Image.open(kaggle / "TCGA_CS_4941_19960909" / "TCGA_CS_4941_19960909_1.tif"))
    assert np.array_equal(read_image(flair[0]), tiff[:, :, 1])
    assert np.array_equal(read_image(t1[0]), tiff[:, :, 2])
    assert {s.patient: s.split for s in flair}["TCGA_CS_4941"] == t1[0].split, "one side in both sets"


def write_case(root: Path, name: str, orientation: str, labels: dict[int, tuple[slice, ...]]) -> None:
    """A volume of 60×50×4 voxels of 1.5 × 1.5 × 5 mm whose grey levels tell right, front and top apart."""
    across, along, up = np.meshgrid(np.arange(60), np.arange(50), np.arange(4), indexing="ij")
    rng = np.random.default_rng(len(name) + ord(name[-1]))
    grain = rng.uniform(0, 300, (60, 50, 4))
    values = 100 + 10 * across + 5 * along + 50 * up + grain
    seg = np.zeros(values.shape)
    for label, where in labels.items():
        seg[where] = label
    affine = np.diag([1.5, 1.5, 5.0, 1.0])
    turn = nibabel.orientations.axcodes2ornt(tuple(orientation))
    folder = root / name
    folder.mkdir(parents=True)
    for kind, data in (("t1c", values), ("t2f", values[::-1]), ("seg", seg)):
        image = nibabel.Nifti1Image(data.astype(np.float32), affine)
        nibabel.save(image.as_reoriented(turn), folder / f"{name}-{kind}.nii.gz")


def test_brats_volumes_lie_alike_however_they_were_stored(tmp_path, monkeypatch):
    box = {3: np.s_[40:50, 30:45, 2], 1: np.s_[42:46, 34:38, 2], 2: np.s_[5:15, 5:15, 1]}
    sets = {}
    for orientation in ("RAS", "LPS", "ASL"):
        write_case(tmp_path / orientation, "BraTS-MET-00001-000", orientation, box)
        words = ("brats-t1c", "--from", tmp_path / orientation, "--to", tmp_path / f"set-{orientation}")
        run(monkeypatch, *words)
        sets[orientation] = read_index(tmp_path / f"set-{orientation}")
    for orientation, slices in sets.items():
        assert [s.id for s in slices] == [f"BraTS-MET-00001-000_z00{n}" for n in range(4)], orientation
        assert [s.mask_path is not None for s in slices] == [False, False, True, False], "oedema is no core"
        for one, other in zip(slices, sets["RAS"], strict=True):
            assert np.array_equal(read_image(one), read_image(other)), orientation
            assert np.array_equal(read_mask(one, (256, 256)), read_mask(other, (256, 256))), orientation
    one = sets["RAS"][2]
    assert (one.patient, one.facets["view"], one.spacing_mm) == ("BraTS-MET-00001", "axial", 0.94)
    rows, cols = np.nonzero(read_mask(one, (256, 256)))
    # The lesion is at the patient's right... and front: up, and on the picture's left. 10 × 15 voxels of 1.5 mm.
    assert rows.mean() < 128 and cols.mean() < 128
    assert (np.ptp(cols) + 1, np.ptp(rows) + 1) == (16, 24)


def test_brats_time_points_are_one_patient_and_flair_takes_oedema(tmp_path, monkeypatch):
    for name in ("BraTS-MET-00002-000", "BraTS-MET-00002-001"):
        write_case(tmp_path / "mets", name, "RAS", {2: np.s_[5:15, 5:15, 1]})
    run(monkeypatch, "brats-t2f", "--from", tmp_path / "mets", "--to", tmp_path / "set")
    slices = read_index(tmp_path / "set")
    assert {s.patient for s in slices} == {"BraTS-MET-00002"}
    assert sum(s.mask_path is not None for s in slices) == 2


def test_brats_labels_that_mean_different_things_in_different_years_are_asked_about(tmp_path, monkeypatch):
    write_case(tmp_path / "mets", "BraTS-MET-00003-000", "RAS", {4: np.s_[5:15, 5:15, 1]})
    words = ("brats-t1c", "--from", tmp_path / "mets", "--to", tmp_path / "set")
    with pytest.raises(SystemExit, match=r"holds labels \[4\.0\] beside 1, 2 and 3"):
        run(monkeypatch, *words)
    run(monkeypatch, *words, "--labels", 1, 4)
    assert sum(s.mask_path is not None for s in read_index(tmp_path / "set")) == 1


@pytest.fixture
def pictures(tmp_path) -> Path:
    for name in ("images", "masks"):
        (tmp_path / name).mkdir()
    rows = ["id,patient,view,spacing_mm"]
    for n in range(12):
        image, mask = draw_head(n, lesion_radii=(11.0,))
        cv2.imwrite(str(tmp_path / "images" / f"p{n}.png"), image[8:-8].astype(np.uint16) * 200)
        if n:
            cv2.imwrite(str(tmp_path / "masks" / f"p{n}.png"), 255 * mask[8:-8])
        rows.append(f"p{n},P{n // 2},axial,0.5")
    (tmp_path / "patients.csv").write_text("\n".join(rows) + "\n")
    return tmp_path


def words_for(pictures: Path, to: str) -> tuple[object, ...]:
    given = ("--masks", pictures / "masks", "--patients", pictures / "patients.csv")
    return ("pairs", "--from", pictures / "images", "--to", pictures / to, *given)


def test_pairs_of_folders(pictures, monkeypatch):
    with pytest.raises(SystemExit, match="has no mask p0"):
        run(monkeypatch, *words_for(pictures, "set"))
    run(monkeypatch, *words_for(pictures, "set"), "--absent-mask-is-empty")
    slices = read_index(pictures / "set")
    assert len(slices) == 12
    assert [s.id for s in slices if s.mask_path is None] == ["p0"]
    image, mask = draw_head(1, lesion_radii=(11.0,))
    assert np.array_equal(read_mask(slices[1], (256, 256))[8:-8], mask[8:-8])
    assert np.array_equal(read_image(slices[1])[8:-8], window_to_bytes(image[8:-8]))
    assert (slices[1].spacing_mm, slices[1].facets) == (0.5, {"view": "axial"})
    assert cv2.imread(str(pictures / "set" / "masks" / "p1.png"), cv2.IMREAD_UNCHANGED).max() == 255
    assert Image.open(pictures / "set" / "masks" / "p1.png").mode == "1"


def test_the_same_import_gives_the_same_files(pictures, monkeypatch):
    for to in ("one", "other"):
        run(monkeypatch, *words_for(pictures, to), "--absent-mask-is-empty")
    for path in sorted((pictures / "one").rglob("*.*")):
        assert path.read_bytes() == (pictures / "other" / path.relative_to(pictures / "one")).read_bytes()


def test_a_slice_on_both_sides_fails_the_import_which_then_goes_on_without_reading_again(pictures, monkeypatch):
    rows = (pictures / "patients.csv").read_text().replace("p11,P5", "p11,stranger").splitlines()
    for n in (10, 11):
        cv2.imwrite(str(pictures / "images" / f"p{n}.png"), draw_head(10)[0][8:-8, :: 1 if n == 10 else -1])
    split = ["split", *("val" if "stranger" in row else "train" for row in rows[1:])]
    (pictures / "patients.csv").write_text("\n".join(f"{r},{s}" for r, s in zip(rows, split, strict=True)) + "\n")
    with pytest.raises(SystemExit, match=r"p10 \(P5, train\) = p11 \(stranger, val\)"):
        run(monkeypatch, *words_for(pictures, "set"), "--absent-mask-is-empty")
    assert not (pictures / "set").exists()

    # Other words read anew: what was read for others is not taken.
    (pictures / "patients.csv").write_text("\n".join(rows) + "\n")
    cases = "--absent-mask-is-empty", "--seed", 4
    with pytest.raises(SystemExit, match="--join-duplicates: it goes on there"):
        run(monkeypatch, *words_for(pictures, "set"), *cases)
    monkeypatch.setitem(import_data.READERS, "pairs", lambda args: pytest.fail("read again"))
    with pytest.raises(pytest.fail.Exception, match="read again"):
        run(monkeypatch, *words_for(pictures, "set"), *cases, "--keep-every-free", 2)
    monkeypatch.setitem(import_data.READERS, "pairs", lambda args: iter(lambda: pytest.fail("read again"), None))
    run(monkeypatch, *words_for(pictures, "set"), *cases, "--join-duplicates")
    assert [path.name for path in pictures.glob("set*")] == ["set"]
    assert {path.name for path in (pictures / "set").iterdir()} == {"images", "masks", "index.csv"}
    patients = {s.id: s.patient for s in read_index(pictures / "set")}
    assert patients["p11"] == patients["p10"] == "P5"


def test_masks_that_are_jpeg_are_refused(pictures, monkeypatch):
    (pictures / "masks" / "p3.png").unlink()
    cv2.imwrite(str(pictures / "masks" / "p3.jpg"), 255 * draw_head(3, lesion_radii=(11.0,))[1][8:-8])
    with pytest.raises(SystemExit, match=r"p3\.jpg is a JPEG"):
        run(monkeypatch, *words_for(pictures, "set"), "--absent-mask-is-empty")
    assert not list(pictures.glob("set*"))


@pytest.mark.parametrize("patient", ["", "  "])
def test_a_slice_of_nobody_is_refused(pictures, monkeypatch, patient):
    rows = (pictures / "patients.csv").read_text().replace("p5,P2", f"p5,{patient}")
    (pictures / "patients.csv").write_text(rows)
    with pytest.raises(SystemExit, match="p5 has no patient"):
        run(monkeypatch, *words_for(pictures, "set"), "--absent-mask-is-empty")


def test_an_unknown_side_is_refused_where_it_is_met(pictures, monkeypatch):
    rows = (pictures / "patients.csv").read_text().splitlines()
    split = ["split", *(["training"] * (len(rows) - 1))]
    (pictures / "patients.csv").write_text("\n".join(f"{r},{s}" for r, s in zip(rows, split, strict=True)) + "\n")
    with pytest.raises(SystemExit, match="split must be one of train, val, test; received 'training'"):
        run(monkeypatch, *words_for(pictures, "set"), "--absent-mask-is-empty")


def test_patients_are_joined_through_others():
    pairs = [Pair(0, 1, 1.0, True), Pair(2, 3, 1.0, True), Pair(1, 3, 1.0, True)]
    assert join(["D", "B", "C", "A", "E"], pairs) == ["A", "A", "A", "A", "E"]


def test_splits_follow_the_name_and_the_seed_alone_and_have_the_asked_shares():
    names = [f"P{n}" for n in range(4000)]
    sides = [Splitting(0.2, 0.1, 1).side(name) for name in names]
    assert [sides.count(side) / 4000 for side in ("train", "val", "test")] == pytest.approx([0.7, 0.2, 0.1], abs=0.02)
    assert Splitting(0.2, 0.1, 1).side("P7") == sides[7]
    assert [Splitting(0.2, 0.1, 2).side(name) for name in names] != sides


def test_only_training_patients_tumour_free_slices_are_thinned(pictures, monkeypatch):
    given = ("--patients", pictures / "patients.csv", "--val", 0.4, "--test", 0.3, "--keep-every-free", 2)
    checked = []
    real = import_data.find_pairs
    monkeypatch.setattr(import_data, "find_pairs", lambda prints, who: checked.extend(who) or real(prints, who))
    run(monkeypatch, "pairs", "--from", pictures / "images", "--to", pictures / "thin", *given)
    counted = {split: len(read_index(pictures / "thin", [split])) for split in ("train", "val", "test")}
    whole = [Splitting(0.4, 0.3, 1).side(f"P{n // 2}") for n in range(12)]
    assert counted == {s: whole.count(s) // 2 if s == "train" else whole.count(s) for s in ("train", "val", "test")}
    assert counted["train"] > 0
    assert len(list((pictures / "thin" / "images").iterdir())) == sum(counted.values())
    assert len(checked) == sum(counted.values()), "thinned before it is checked"


def test_a_reduced_mask_covers_what_at_least_half_is_lesion():
    mask = np.zeros((512, 512), bool)
    mask[100:120, 200:260] = True
    placed = place_mask(mask)
    assert placed.sum() == mask.sum() / 4
    assert placed[50:60, 100:130].all()
    assert place_mask(np.zeros((300, 512), bool)).shape == (256, 256)


def test_an_existing_folder_is_not_overwritten(tmp_path):
    with pytest.raises(ImportFailure, match="exists already"):
        import_data.write_data_set([], tmp_path, Splitting(0.1, 0.1, 1))
    with pytest.raises(ImportFailure, match="Nothing of that kind"):
        import_data.write_data_set([], tmp_path / "new", Splitting(0.1, 0.1, 1))
