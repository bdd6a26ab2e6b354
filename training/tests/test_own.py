"""Metastasis weights in two commands, on drawn heads: import, then train and ship."""

import json
import shutil
import sys
import tomllib

import cv2
import numpy as np
from conftest import REPOSITORY

from metsight import import_data, parity, train
from metsight.data import SPLITS, read_index
from metsight.phantom import draw_head
from metsight.ship import ship


def write_originals(folder):
    """Twelve patients of two slices, one with lesions."""
    for name in ("images", "masks"):
        (folder / name).mkdir(parents=True)
    rows = ["id,patient"]
    for n in range(24):
        image, mask = draw_head(n, lesion_radii=(16.0, 7.0) if n % 2 else ())
        cv2.imwrite(str(folder / "images" / f"s{n}.png"), image)
        cv2.imwrite(str(folder / "masks" / f"s{n}.png"), 255 * mask)
        rows.append(f"s{n},patient {n // 2}")
    (folder / "patients.csv").write_text("\n".join(rows) + "\n")


def shortened(path):
    """The shipped config with a narrow network, a few steps, and drawn heads' need of no more precision."""
    text = (REPOSITORY / "training" / "configs" / "own-metastases.toml").read_text()
    steps = {4000: 3, 2200: 2}
    for many, few in steps.items():
        assert f"steps = {many}\n" in text
        text = text.replace(f"steps = {many}\n", f"steps = {few}\n")
    path.write_text(text.replace("\n[augmentation]", "base = 2\nthreads = 1\n\n[augmentation]"))
    return tomllib.loads(text)["id"]


def test_the_two_commands_make_a_model_folder_beside_those_that_ship(tmp_path, monkeypatch):
    write_originals(tmp_path / "originals")
    pairs = ["--from", tmp_path / "originals" / "images", "--masks", tmp_path / "originals" / "masks"]
    words = ["pairs", *pairs, "--patients", tmp_path / "originals" / "patients.csv"]
    words += ["--to", tmp_path / "data" / "metastases", "--seed", 2, "--val", 0.25]
    (tmp_path / "data").mkdir()
    monkeypatch.setattr(sys, "argv", ["import_data", *map(str, words)])
    import_data.main()
    assert all(read_index(tmp_path / "data" / "metastases", [split]) for split in SPLITS)

    model_id = shortened(tmp_path / "own.toml")
    places = [tmp_path / name for name in ("models", "results", "golden")]
    if shutil.which("node") is None or not (REPOSITORY / "node_modules" / "@tensorflow").is_dir():
        monkeypatch.setattr(parity, "run_tensorflow_js", lambda model, pictures: ("wasm", pictures))
    monkeypatch.setattr(train, "ship", lambda checkpoint, data: ship(checkpoint, data, *places))
    words = [tmp_path / "own.toml", "--data", tmp_path / "data", "--run-folder", tmp_path / "run", "--ship"]
    monkeypatch.setattr(sys, "argv", ["train", *map(str, words)])
    train.main()

    shipped = {path.name for path in (REPOSITORY / "public" / "models").iterdir()}
    assert model_id not in shipped
    for place in places:
        assert [path.name for path in place.iterdir()] == [model_id]
    manifest = json.loads((tmp_path / "models" / model_id / "manifest.json").read_text())
    assert (manifest["id"], manifest["architecture"], manifest["sequence"]) == (model_id, "attention-unet", "t1ce")
    assert manifest["provenance"]["trainedOn"] == "T1-CE slices of metastases."
    assert {entry["over"].split(",")[1] for entry in manifest["metrics"]} == {" val patients"}, (
        "the test side is closed"
    )
    assert np.isfinite(manifest["calibration"]["temperature"])
    card = (tmp_path / "models" / model_id / "card.md").read_text()
    assert "--data <folder> --run-folder runs/" in card
    assert "not figures of metastasis" not in card


def test_the_shipped_config_is_of_the_folder_that_the_readme_names():
    readme = (REPOSITORY / "training" / "README.md").read_text()
    config = tomllib.loads((REPOSITORY / "training" / "configs" / "own-metastases.toml").read_text())
    (name,) = config["validate_on"]
    assert f"--to <folder>/{name} " in readme
    assert f"public/models/{config['id']}/" in readme
