"""The recipe against other programs' results, and against its goldens."""

import gzip
import json

import cv2
import numpy as np
import pytest
from PIL import Image

from metsight import preprocess as recipe
from metsight import recipe_goldens

INDEX = json.loads((recipe_goldens.GOLDEN / "index.json").read_text())


def stored(name: str, step: str) -> bytes:
    return gzip.decompress((recipe_goldens.GOLDEN / f"{name}.{step}.gz").read_bytes())


def test_goldens_are_what_the_program_writes_now(tmp_path):
    recipe_goldens.write_goldens(tmp_path, recipe_goldens.drawn_cases())
    assert json.loads((tmp_path / "index.json").read_text()) == INDEX
    for case in INDEX["cases"]:
        for step in ("input", "bytes", "placed", "equalized"):
            name = f"{case['name']}.{step}.gz"
            assert gzip.decompress((tmp_path / name).read_bytes()) == stored(case["name"], step), name


def test_volume_goldens_are_what_the_program_writes_now(tmp_path):
    recipe_goldens.write_volumes(tmp_path)
    assert (tmp_path / "volumes.json").read_text() == (recipe_goldens.GOLDEN / "volumes.json").read_text()
    for path in tmp_path.glob("*.gz"):
        stored_volume = (recipe_goldens.GOLDEN / path.name).read_bytes()
        assert gzip.decompress(path.read_bytes()) == gzip.decompress(stored_volume), path.name


@pytest.mark.parametrize(
    ("file", "cases"),
    [
        ("resample.json", recipe_goldens.resample_cases),
        ("order-statistic.json", recipe_goldens.order_statistic_cases),
        ("components.json", recipe_goldens.component_cases),
    ],
)
def test_written_out_goldens_are_what_the_program_writes_now(file, cases):
    assert json.loads((recipe_goldens.GOLDEN / file).read_text()) == list(cases())


def test_goldens_stay_small():
    assert sum(path.stat().st_size for path in recipe_goldens.GOLDEN.iterdir()) < 600_000


@pytest.mark.parametrize("case", INDEX["cases"], ids=lambda case: case["name"])
def test_whole_recipe_gives_the_equalized_golden(case):
    image = np.frombuffer(stored(case["name"], "input"), case["dtype"]).reshape(case["rows"], case["cols"])
    expected = np.frombuffer(stored(case["name"], "equalized"), np.uint8).reshape(256, 256)
    assert np.array_equal(recipe.preprocess(image), expected.astype(np.float32) / np.float32(255))


@pytest.mark.parametrize(("rows", "cols"), [(150, 180), (512, 400), (100, 300), (33, 40), (700, 513), (256, 256)])
def test_placing_agrees_with_pillow_within_its_rounding(rows, cols):
    """Pillow rounds to 8 bit between its two passes and weighs in fixed point: one grey level of tolerance."""
    image = (recipe_goldens.drawn_picture(rows, cols, 42) * 255).astype(np.uint8)
    inner_rows, inner_cols = recipe.fit_size(rows, cols, 256)
    theirs = np.asarray(Image.fromarray(image).resize((inner_cols, inner_rows), Image.Resampling.BILINEAR), int)
    placed = recipe.place(image)
    top, left = (256 - inner_rows) // 2, (256 - inner_cols) // 2
    ours = placed[top : top + inner_rows, left : left + inner_cols].astype(int)
    assert np.abs(ours - theirs).max() <= 1
    assert placed.astype(int).sum() == ours.sum()


def test_window_agrees_with_numpy_percentiles_where_they_are_values():
    """1001 equally spaced values: the 0.5 and 99.5 percentiles fall on the 5th and the 995th."""
    values = np.arange(1, 1002, dtype=np.float32)
    low, high = np.percentile(values, recipe.WINDOW_PERCENTILES)
    assert (recipe.order_statistic(values, 0.5), recipe.order_statistic(values, 99.5)) == (low, high)
    unrounded = np.clip((values.astype(float) - low) / (high - low) * 255, 0, 255)
    assert np.abs(recipe.window_to_bytes(values) - unrounded).max() <= 0.5


def test_window_takes_holes_for_air_and_zero_for_padding():
    values = np.array([0, np.nan, 100, np.inf, 200, -np.inf, 0], np.float32)
    assert recipe.window_to_bytes(values, (0, 100)).tolist() == [0, 0, 0, 0, 255, 0, 0]


def test_equalize_is_opencv_clahe():
    image = (recipe_goldens.drawn_picture(256, 256, 3) * 255).astype(np.uint8)
    clahe = cv2.createCLAHE(clipLimit=2.0, tileGridSize=(8, 8))
    assert np.array_equal(recipe.equalize(image), clahe.apply(image))


def test_eight_bit_pictures_of_the_network_size_reach_clahe_unchanged():
    image = (recipe_goldens.drawn_picture(256, 256, 3) * 255).astype(np.uint8)
    assert np.array_equal(recipe.place(image), image)
