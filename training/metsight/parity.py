"""python -m metsight.parity --model <folder> --data <folder> --out <json>: TensorFlow.js against PyTorch.

Both run the model folder's own weights on the same validation slices; needs Node and the project's `node_modules`. The
figure goes into the manifest; a mean over mirror images differs by no more. `float16_cost` says what rounding the
weights to float16 did.
"""

import argparse
import json
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import torch

from metsight.calibration import divide_heads, heads
from metsight.checkpoint import load_network
from metsight.data import data_root, read_image, read_index
from metsight.evaluate import data_set_folders
from metsight.flips import mean_over_flips
from metsight.graph import PROBABILITY
from metsight.graph_model import GraphModel
from metsight.metrics import counts, dice_from_counts
from metsight.postprocess import delineate
from metsight.preprocess import preprocess
from metsight.subject import Seen, Subject, predict, subject_from_model

T = TypeVar("T")
SCRIPT = Path(__file__).parent.parent / "parity.mjs"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--data", help="folder that holds the data sets (else METSIGHT_DATA)")
    parser.add_argument("--slices", type=int, default=24)
    parser.add_argument("--out", type=Path, required=True)
    args = parser.parse_args()
    subject = subject_from_model(args.model)
    report = measure(subject, args.model, data_set_folders(data_root(args.data), subject.data_sets), args.slices)
    args.out.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")


def measure(subject: Subject, model: Path, folders: Sequence[Path], slice_count: int) -> dict[str, Any]:
    slices = evenly([s for folder in folders for s in read_index(folder, ["val"])], slice_count)
    pictures = np.stack([preprocess(read_image(slice_)) for slice_ in slices])
    network = GraphModel(model)
    images = (torch.from_numpy(picture[None, None]) for picture in pictures)
    by_pytorch = np.stack([network(image)[PROBABILITY][0, 0].numpy() for image in images])
    backend, by_tensorflow = run_tensorflow_js(model, pictures)
    difference = float(np.abs(by_pytorch - by_tensorflow).max())
    print(f"{backend}: largest difference {difference:.2g} over {len(slices)} slices")
    return {
        "model": subject.stated,
        "parity": [{"backend": backend, "maxAbsDiff": difference, "n": len(slices)}],
    }


@torch.no_grad()
def float16_cost(checkpoint: Path, temperature: float, seen: Sequence[Seen], subject: Subject) -> dict[str, Any]:
    """Slice Dice of the shipped weights less that of the float32 network, on the given slices, at the shipped rule."""
    network, _, _ = load_network(checkpoint)
    network = network.to(memory_format=torch.channels_last)
    divide_heads(heads(network), temperature)
    run = mean_over_flips(lambda images: torch.sigmoid(network(images)[-1]), subject.flips)
    whole = replace(subject, run=run)
    differences, largest = [], 0.0
    for shipped, exact in zip(seen, predict(whole, [one.slice for one in seen]), strict=True):
        truth = shipped.truth
        masks = [delineate(one.probability, subject.threshold, subject.smallest(truth)) for one in (shipped, exact)]
        dices = [dice_from_counts(*counts(mask, truth)) for mask in masks]
        differences.append(dices[0] - dices[1])
        largest = max(largest, float(np.abs(shipped.probability - exact.probability).max()))
    return {
        "meanDiceDifference": float(np.mean(differences)),
        "maxAbsDiceDifference": float(np.abs(differences).max()),
        "maxAbsDiff": largest,
        "n": len(differences),
    }


def evenly(slices: Sequence[T], count: int) -> list[T]:
    """`count` of them, evenly spaced, so that each data set has its part."""
    places = np.linspace(0, len(slices) - 1, min(count, len(slices))).round().astype(int)
    return [slices[place] for place in places]


def run_tensorflow_js(model: Path, pictures: np.ndarray) -> tuple[str, np.ndarray]:
    """Backend's name and probabilities of (n, 256, 256) float32 pictures, the same shape."""
    with tempfile.TemporaryDirectory() as scratch:
        inputs, outputs = Path(scratch) / "inputs.f32", Path(scratch) / "outputs.f32"
        inputs.write_bytes(pictures.astype("<f4").tobytes())
        command = ["node", str(SCRIPT), str(model), str(inputs), str(outputs)]
        said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        return json.loads(said)["backend"], np.frombuffer(outputs.read_bytes(), "<f4").reshape(pictures.shape)


if __name__ == "__main__":
    main()
