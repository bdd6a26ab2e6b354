"""python -m metsight.parity --model <folder> --data <folder> --out <json>: TensorFlow.js against PyTorch.

Both run the model folder's own float16 weights on the same validation slices; needs Node and the project's
`node_modules`. The figure goes into the manifest.
"""

import argparse
import json
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch

from metsight.data import Slice, data_root, read_image, read_index
from metsight.evaluate import Subject, data_set_folders, subject_from_model
from metsight.preprocess import preprocess

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
    by_pytorch = np.stack([subject.run(torch.from_numpy(picture[None, None]))[0, 0].numpy() for picture in pictures])
    backend, by_tensorflow = run_tensorflow_js(model, pictures)
    difference = float(np.abs(by_pytorch - by_tensorflow).max())
    print(f"{backend}: largest difference {difference:.2g} over {len(slices)} slices")
    return {
        "model": {"id": subject.id, "sha256": subject.sha256},
        "parity": [{"backend": backend, "maxAbsDiff": difference, "n": len(slices)}],
    }


def evenly(slices: Sequence[Slice], count: int) -> list[Slice]:
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
