"""python -m metsight.ship --checkpoint <file> --data <folder>: from a finished run to a model folder.

In order: export; threshold chosen on validation patients; figures of the validation patients; difference between
TensorFlow.js and PyTorch; goldens. Each result is kept in training/results/<id>/ and stated in the manifest and card.
The test patients stay closed: `metsight.evaluate --split test` opens them.
"""

import argparse
import hashlib
import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch

from metsight import evaluate, parity
from metsight.data import data_root
from metsight.export import export
from metsight.goldens import GOLDEN, write_goldens

Run = Callable[[torch.Tensor], torch.Tensor]
TRAINING = Path(__file__).parent.parent


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--checkpoint", type=Path, required=True, help="a run's last.pt")
    parser.add_argument("--data", help="folder that holds the data sets (else METSIGHT_DATA)")
    parser.add_argument("--out", type=Path, default=TRAINING.parent / "public" / "models")
    parser.add_argument("--results", type=Path, default=TRAINING / "results")
    parser.add_argument("--golden", type=Path, default=GOLDEN)
    parser.add_argument("--threads", type=int, default=0)
    args = parser.parse_args()
    if args.threads:
        torch.set_num_threads(args.threads)

    folder = export(args.checkpoint, args.out, None)
    results = args.results / folder.name
    results.mkdir(parents=True, exist_ok=True)
    subject = evaluate.subject_from_model(folder)
    run = remembering(subject.run)
    subject = replace(subject, run=run)
    folders = evaluate.data_set_folders(data_root(args.data), subject.data_sets)

    write(results / "thresholds.json", evaluate.choose_threshold(subject, folders))
    export(args.checkpoint, args.out, results)
    subject = replace(evaluate.subject_from_model(folder), run=run)
    write(results / "validation.json", evaluate.evaluate(subject, folders, ["val"]))
    write(results / "parity.json", parity.measure(subject, folder, folders, slice_count=24))
    for curve in ("curve.csv", "curve.png"):
        if (args.checkpoint.parent / curve).exists():
            shutil.copyfile(args.checkpoint.parent / curve, results / curve)
    export(args.checkpoint, args.out, results)
    write_goldens(folder, args.golden)
    print(f"{folder}: serve it, or commit it with {results} and {args.golden / folder.name}")


def remembering(run: Run) -> Run:
    """The same answers without running twice: threshold and figures are over the same slices. 256 KB a slice."""
    answers: dict[bytes, torch.Tensor] = {}

    def remembered(images: torch.Tensor) -> torch.Tensor:
        key = hashlib.sha256(images.numpy().tobytes()).digest()
        if key not in answers:
            answers[key] = run(images)
        return answers[key]

    return remembered


def write(path: Path, report: dict[str, Any]) -> None:
    path.write_text(json.dumps(report, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
