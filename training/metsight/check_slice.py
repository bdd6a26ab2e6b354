"""python -m metsight.check_slice --model public/models/<id>: PyTorch's answer to the check slice, into the manifest.

Every program that runs the model draws the same slice before the first patient's, and compares. `metsight.export`
writes it by itself; the command is for manifests that were written before.
"""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch

from metsight.flips import known_flips, mean_over_flips
from metsight.graph import PROBABILITY
from metsight.graph_model import GraphModel

#: Pixels a side of the blocks whose means are kept: a whole answer would be as large as a tenth of the weights.
BLOCK = 32


def draw_check_slice(rows: int, cols: int) -> np.ndarray:
    """A bright disc in a dim one, with grain: (rows, cols) float32, the same as `drawCheckSlice` in src/infer."""
    # Numerical Recipes' 32-bit linear congruential generator (Press et al., 3rd edition, §7.1.1).
    grain = np.empty(rows * cols)
    state = 1
    for at in range(rows * cols):
        state = (state * 1664525 + 1013904223) % 2**32
        grain[at] = state / 2**32
    y, x = np.mgrid[:rows, :cols] / np.array([rows, cols]).reshape(2, 1, 1)
    head = np.where(np.hypot(x - 0.5, y - 0.5) < 0.4, 0.35, 0.0)
    level = np.where(np.hypot(x - 0.6, y - 0.4) < 0.06, 0.8, head)
    return (level + 0.2 * grain.reshape(rows, cols)).astype(np.float32)


@torch.no_grad()
def check_answer(model: Path, size: int, flips: Sequence[str] = ()) -> dict[str, Any]:
    """The manifest's `check`: mean probability of each block, row by row."""
    image = torch.from_numpy(draw_check_slice(size, size))[None, None]
    network = GraphModel(model)
    probability = mean_over_flips(lambda images: network(images)[PROBABILITY], flips)(image)[0, 0].double()
    means = probability.reshape(size // BLOCK, BLOCK, size // BLOCK, BLOCK).mean(dim=(1, 3))
    return {"block": BLOCK, "means": [round(mean, 6) for mean in means.flatten().tolist()]}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, required=True, help="a model's folder")
    args = parser.parse_args()
    path = args.model / "manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    flips = known_flips(manifest.get("flips", ()))
    manifest["check"] = check_answer(args.model, manifest["preprocess"]["inputSize"][0], flips)
    path.write_text(json.dumps(manifest, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"wrote {path}")


if __name__ == "__main__":
    main()
