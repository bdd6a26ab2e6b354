"""Writes what the recipe gives, step by step, for both languages' tests to compare with: equal to the last bit.

`python -m metsight.recipe_goldens` writes `training/golden/recipe/` from drawn inputs: no patient data.
`python -m metsight.recipe_goldens --data <folder> --slices 40 --out <folder>` does the same for real slices, which are
never committed.

A golden folder holds `index.json` and one gzipped file an array, little-endian, row by row:
`<case>.<step>.gz` for the steps input (the dtype the index names), bytes, placed and equalized (uint8). Of `restored`
(float32: `answer`, an asymmetric picture in place of the network's, taken back to the input's pixels) the index has the
sha256 of the bytes.

`volumes.json` has volumes: dims, affine, placement and the sha256 of each step; their `<case>.volume.gz` holds int16, i
fastest, then j, then k.
"""

import argparse
import gzip
import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from scipy import ndimage

from metsight import data, postprocess
from metsight import preprocess as recipe

GOLDEN = Path(__file__).parents[1] / "golden" / "recipe"


def drawn_picture(rows: int, cols: int, seed: int) -> np.ndarray:
    """(rows, cols) float64, 0 to 1: a head-like disc with blobs, edges and a little grain, on empty air.

    The grain is coarse in value and in place so that the file stays small.
    """
    random = np.random.Generator(np.random.PCG64(seed))
    y, x = np.mgrid[-1 : 1 : rows * 1j, -1 : 1 : cols * 1j]
    radius = np.sqrt((x / 0.72) ** 2 + (y / 0.88) ** 2)
    picture = np.where(radius < 1, 0.3, 0.0) + np.where(np.abs(radius - 0.93) < 0.06, 0.5, 0.0)
    for _ in range(9):
        cx, cy = random.uniform(-0.5, 0.5, 2)
        near = ((x - cx) ** 2 + (y - cy) ** 2) < random.uniform(0.003, 0.03)
        picture = np.where(near & (radius < 0.85), random.uniform(0.1, 0.95), picture)
    grain = random.integers(0, 4, (rows // 4 + 1, cols // 4 + 1)).repeat(4, 0).repeat(4, 1)[:rows, :cols]
    return np.clip(picture + np.where(radius < 1, grain / 40, 0), 0, 1)


def drawn_cases() -> Iterator[tuple[str, np.ndarray]]:
    """Name and image. Sizes on both sides of the network's 256, odd, not square; depths of 8 bit and more."""
    as_bytes = lambda rows, cols, seed: (drawn_picture(rows, cols, seed) * 255).astype(np.uint8)  # noqa: E731
    yield "square-256-u8", as_bytes(256, 256, 1)
    yield "small-150x180-u8", as_bytes(150, 180, 2)
    yield "tall-512x400-u16", (drawn_picture(512, 400, 3) * 3000).astype(np.uint16)
    wide = (drawn_picture(100, 300, 4) * 1800 - 120).astype(np.float32)
    wide[10, 20:40], wide[50, 7], wide[51, 7] = np.nan, np.inf, -np.inf
    yield "wide-100x300-f32-holes", wide
    yield "zeros-64x64-u16", np.zeros((64, 64), np.uint16)
    yield "constant-40x90-u16", np.full((40, 90), 777, np.uint16)
    yield "two-values-40x90-u16", np.where(np.arange(3600).reshape(40, 90) == 1805, 9, 7).astype(np.uint16)
    yield "nothing-finite-20x30-f32", np.full((20, 30), np.nan, np.float32)
    yield "tiny-33x40-u8", as_bytes(33, 40, 5)
    yield "odd-700x513-u8", as_bytes(700, 513, 6)
    yield "line-1x300-u8", (np.arange(300, dtype=np.uint8) * 7)[None]


def real_cases(root: Path, count: int) -> Iterator[tuple[str, np.ndarray]]:
    """`count` slices, the data sets by turns, each spread over its index.

    Every second one is cropped and made 16 bit, so that windowing and resampling meet real slices too.
    """
    folders = sorted(path.parent for path in root.glob("*/index.csv") if (path.parent / "images").is_dir())
    for turn in range(count):
        slices = data.read_index(folders[turn % len(folders)])
        image = data.read_image(slices[turn * len(slices) // count])
        yield f"{turn:03d}", image if turn % 2 == 0 else image[7 : 250 - turn % 90, 20:230].astype(np.uint16) * 37


def answer(rows: int, cols: int) -> np.ndarray:
    """(rows, cols) float32 in [0, 1): a picture no flip or shift leaves as it is, in place of a network's answer."""
    y, x = np.mgrid[:rows, :cols]
    return ((y * 31 + x * 17 + x * y) % 256 / 256).astype(np.float32)


def restore(probability: np.ndarray, rows: int, cols: int) -> np.ndarray:
    """The network's (256, 256) → the source's (rows, cols) float32."""
    inner_rows, inner_cols = recipe.fit_size(rows, cols, recipe.INPUT_SIZE)
    top, left = (recipe.INPUT_SIZE - inner_rows) // 2, (recipe.INPUT_SIZE - inner_cols) // 2
    content = probability[top : top + inner_rows, left : left + inner_cols]
    return content if content.shape == (rows, cols) else recipe.resample(content, rows, cols).astype(np.float32)


def write_case(folder: Path, name: str, image: np.ndarray) -> dict:
    as_bytes = image if image.dtype == np.uint8 else recipe.window_to_bytes(image)
    placed = recipe.place(as_bytes)
    steps = {"input": image, "bytes": as_bytes, "placed": placed, "equalized": recipe.equalize(placed)}
    for step, array in steps.items():
        (folder / f"{name}.{step}.gz").write_bytes(gzip.compress(array.tobytes(), mtime=0))
    rows, cols = image.shape
    restored = restore(answer(recipe.INPUT_SIZE, recipe.INPUT_SIZE), rows, cols)
    return {
        "name": name,
        "rows": rows,
        "cols": cols,
        "dtype": image.dtype.name,
        "restoredSha256": hashlib.sha256(restored.tobytes()).hexdigest(),
    }


def drawn_volume(dims: tuple[int, int, int], seed: int, air: float = 0.15) -> np.ndarray:
    """(ni, nj, nk) int16: a lopsided head with blobs in noisy air; whole numbers, alike in both languages."""
    random = np.random.Generator(np.random.PCG64(seed))
    at = np.stack(np.meshgrid(*(np.linspace(-1, 1, n) if n > 1 else np.zeros(1) for n in dims), indexing="ij"))
    x, y, z = at
    radius = np.sqrt(((x - air / 2) / (1 - air)) ** 2 + ((y + air / 3) / (1 - air)) ** 2 + (z / (1 - air)) ** 2)
    values = np.where(radius < 1, 300 + 100 * x + 60 * y * z, 0)
    for _ in range(5):
        centre = random.uniform(-0.5, 0.5, 3).reshape(3, 1, 1, 1)
        near = ((at - centre) ** 2).sum(0) < random.uniform(0.01, 0.1)
        values = np.where(near & (radius < 1), random.uniform(100, 900), values)
    return (values + random.integers(0, 12, dims)).astype(np.int16)


def rotated(spacing: tuple[float, float, float], degrees: tuple[float, float, float]) -> np.ndarray:
    """(4, 4) affine turned about x, then y, then z."""
    affine = np.eye(4)
    for axis, angle in enumerate(np.radians(degrees)):
        turn = np.eye(3)
        a, b = (axis + 1) % 3, (axis + 2) % 3
        turn[a, a] = turn[b, b] = np.cos(angle)
        turn[a, b], turn[b, a] = -np.sin(angle), np.sin(angle)
        affine[:3, :3] = turn @ affine[:3, :3]
    affine[:3, :3] *= spacing
    affine[:3, 3] = (-31.5, 12.25, 7)
    return affine


def volume_cases() -> Iterator[tuple[str, np.ndarray, np.ndarray | None]]:
    """Name, values (ni, nj, nk) and affine: thick slices along each axis, flipped, oblique, larger than a window, with
    air around, all air, a single slice, and without spacing."""
    yield "axial-thick", drawn_volume((24, 30, 5), 1), np.diag([3.1, 2.7, 6.5, 1])
    sagittal = np.array([[0, 0, -5.0, 60], [-2.2, 0, 0, 20], [0, -2.3, 0, 9], [0, 0, 0, 1]])
    yield "sagittal-stored", drawn_volume((28, 26, 4), 2), sagittal
    yield "coronal-oblique", drawn_volume((22, 4, 25), 3), rotated((2.5, 7, 2.4), (17, -12, 25))
    yield "isotropic-oblique", drawn_volume((20, 22, 6), 4), rotated((3, 3, 3), (-20, 31, 8)).astype(np.float32)
    yield "four-windows", drawn_volume((40, 44, 2), 5, 0.05), np.diag([-8.0, -7.9, 20, 1])
    yield "six-windows", drawn_volume((60, 40, 1), 6, 0.02), np.diag([9.1, -7.5, 5, 1])
    yield "fine", drawn_volume((90, 100, 2), 7), np.diag([0.45, 0.4, 3, 1])
    head = np.zeros((30, 30, 9), np.int16)
    head[4:17, 9:25, 3:7] = drawn_volume((13, 16, 4), 8)
    yield "air-around", head, np.diag([2.0, 2.0, 3, 1])
    yield "all-air", np.zeros((5, 6, 3), np.int16), np.diag([1.0, 1.0, 3, 1])
    yield "without-spacing", drawn_volume((30, 20, 3), 9), None


def write_volumes(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    index = []
    for name, values, affine in volume_cases():
        stored = np.asfortranarray(values).tobytes("F")
        (folder / f"{name}.volume.gz").write_bytes(gzip.compress(stored, mtime=0))
        as_bytes = recipe.window_to_bytes(values)
        pictures, placement = recipe.preprocess_volume(values, affine)
        y, x = np.mgrid[:256, :256]
        n = np.arange(len(pictures)).reshape(-1, 1, 1)
        answers = ((y * 31 + x * 17 + x * y + n * 7) % 256 / 256).astype(np.float32)
        restored = postprocess.restore_volume(answers, placement)
        index.append(
            {
                "name": name,
                "dims": values.shape,
                "affine": None if affine is None else affine[:3].astype(float).tolist(),
                "plane": placement.plane,
                "windows": placement.windows,
                "slices": placement.slices,
                "bytesSha256": _sha256(as_bytes.tobytes("F")),
                "picturesSha256": _sha256(pictures.tobytes()),
                "restoredSha256": _sha256(restored.tobytes("F")),
            }
        )
    _write_json(folder / "volumes.json", index)


def _sha256(stored: bytes) -> str:
    return hashlib.sha256(stored).hexdigest()


def resample_cases() -> Iterator[dict]:
    """Small pictures written out in full, float64."""
    for rows, cols, target_rows, target_cols in [(2, 3, 4, 6), (7, 5, 3, 2), (1, 1, 3, 2), (5, 5, 5, 9), (9, 4, 4, 4)]:
        values = np.arange(rows * cols).reshape(rows, cols) ** 2 / 7
        resampled = recipe.resample(values, target_rows, target_cols)
        yield {
            "from": [rows, cols],
            "to": [target_rows, target_cols],
            "values": values.ravel().tolist(),
            "resampled": resampled.ravel().tolist(),
        }


def order_statistic_cases() -> Iterator[dict]:
    """Values float32 holds exactly, of both signs, with ties and neighbours that differ in the last bit."""
    values = np.array([3, -1.5, 1e-40, 3, np.nextafter(np.float32(3), np.float32(4)), -7e8, 2.5, 0.25], np.float32)
    for percent in (0, 0.5, 30, 50, 99.5, 100):
        yield {
            "values": values.tolist(),
            "percent": percent,
            "expected": recipe.order_statistic(values, percent),
        }


def component_cases() -> Iterator[dict]:
    """Labels by scipy, corners connected, renumbered by descending size, ties by the first voxel in memory order.

    `shape` is [slices, rows, cols]; `lesion` and `labels` are in that order, flat.
    """
    random = np.random.Generator(np.random.PCG64(11))
    for shape, density, min_count in [
        ((1, 40, 50), 0.3, 1),
        ((1, 40, 50), 0.4, 4),
        ((6, 20, 24), 0.08, 1),
        ((6, 20, 24), 0.06, 3),
        ((3, 1, 30), 0.4, 1),
        ((5, 30, 1), 0.4, 2),
    ]:
        lesion = random.random(shape) < density
        found, count = ndimage.label(lesion, np.ones((3, 3, 3)))
        sizes = np.bincount(found.ravel(), minlength=count + 1)
        firsts = [int(np.flatnonzero(found.ravel() == n)[0]) for n in range(1, count + 1)]
        kept = sorted(
            (n for n in range(1, count + 1) if sizes[n] >= min_count), key=lambda n: (-sizes[n], firsts[n - 1])
        )
        rank = np.zeros(count + 1, int)
        rank[kept] = np.arange(1, len(kept) + 1)
        yield {
            "shape": list(shape),
            "minVoxelCount": min_count,
            "lesion": lesion.ravel().astype(int).tolist(),
            "labels": rank[found].ravel().tolist(),
        }


def write_goldens(folder: Path, cases: Iterator[tuple[str, np.ndarray]]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    index = [write_case(folder, name, image) for name, image in cases]
    _write_json(folder / "index.json", {"recipe": recipe.RECIPE, "cases": index})


def _write_json(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, separators=(",", ":")) + "\n", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=GOLDEN, help="golden folder")
    parser.add_argument("--data", type=Path, help="folder of data sets: real slices instead of drawn ones")
    parser.add_argument("--slices", type=int, default=40, help="how many real slices")
    given = parser.parse_args()
    if given.data:
        write_goldens(given.out, real_cases(given.data, given.slices))
        return
    write_goldens(given.out, drawn_cases())
    write_volumes(given.out)
    _write_json(given.out / "resample.json", list(resample_cases()))
    _write_json(given.out / "order-statistic.json", list(order_statistic_cases()))
    _write_json(given.out / "components.json", list(component_cases()))


if __name__ == "__main__":
    main()
