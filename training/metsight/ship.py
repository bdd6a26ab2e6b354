"""python -m metsight.ship --checkpoint <file> --data <folder>: from a finished run to a model folder.

In order: validation patients seen once by the exported network; temperature fitted on them and folded into the heads;
threshold chosen; figures; difference between TensorFlow.js and PyTorch, and between float16 and float32; goldens. Each
result is kept in training/results/<id>/ and stated in the manifest and card. The test patients stay closed:
`metsight.evaluate --split test` opens them.
"""

import argparse
import json
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import torch

from metsight import calibration, evaluate, parity
from metsight.checkpoint import load_network
from metsight.data import data_root
from metsight.export import export
from metsight.goldens import GOLDEN, write_goldens
from metsight.graph import PROBABILITY
from metsight.graph_model import GraphModel
from metsight.subject import Seen, Subject, predict, subject_from_model

TRAINING = Path(__file__).parent.parent
PARITY_SLICES, FLOAT16_SLICES = 24, 48
#: The stored logits, divided, and the written graph compute the same in another order.
LARGEST_DIFFERENCE = 1e-4


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
    ship(args.checkpoint, data_root(args.data), args.out, args.results, args.golden)


def ship(checkpoint: Path, data: Path, models: Path, all_results: Path, golden: Path) -> Path:
    """The model folder written."""
    network, config, _ = load_network(checkpoint)
    names = list(dict.fromkeys([*(source.name for source in config.sources), *config.validate_on]))
    folders = evaluate.data_set_folders(data, names)
    results = all_results / config.id
    results.mkdir(parents=True, exist_ok=True)

    # The validation patients, once
    with tempfile.TemporaryDirectory() as scratch:
        logits = see_logits(export(checkpoint, Path(scratch), None), folders)
    if not logits:
        raise SystemExit(f"None of {', '.join(names)} has validation patients: a threshold cannot be chosen.")

    # Temperature
    used = [one for one in flat(logits) if one.truth.any()]
    sets = ", ".join(dict.fromkeys(one.slice.dataset for one in used))
    over = f"{calibration.OVER}; validation slices with a lesion of {sets} (n = {len(used)})"
    free = [one.probability for one in flat(logits) if not one.truth.any()]
    fitted = calibration.calibrate([(one.probability, one.truth) for one in used], free, over)
    fitted_for = {"fittedFor": calibration.network_sha256(network), "calibration": fitted}
    write(results / "calibration.json", {"model": {"id": config.id, "sha256": ""}, **fitted_for})
    folder = export(checkpoint, models, results)
    subject = replace(subject_from_model(folder), temperature=fitted["temperature"])
    model = {"id": subject.id, "sha256": subject.sha256}
    write(results / "calibration.json", {"model": model, **fitted_for})
    print(f"temperature {fitted['temperature']}: ECE {fitted['eceBefore']:.4f} → {fitted['eceAfter']:.4f}", flush=True)
    seen = {name: [calibrated(one, fitted["temperature"]) for one in own] for name, own in logits.items()}
    with_lesion = [one for one in flat(seen) if one.truth.any()]
    check(subject, parity.evenly(with_lesion, 4))

    # Threshold and figures
    write(results / "thresholds.json", evaluate.choose_threshold(subject, seen, config.validate_on[0]))
    export(checkpoint, models, results)
    subject = subject_from_model(folder)
    report = evaluate.Report(subject, None, None)
    for name, own in seen.items():
        report.add(name, "val", own)
    write(results / "validation.json", report.json())

    # Proofs
    measured = parity.measure(subject, folder, folders, PARITY_SLICES)
    few = parity.evenly(with_lesion, FLOAT16_SLICES)
    measured["float16"] = parity.float16_cost(checkpoint, subject.temperature, few, subject)
    write(results / "parity.json", measured)
    for curve in ("curve.csv", "curve.png"):
        if (checkpoint.parent / curve).exists():
            shutil.copyfile(checkpoint.parent / curve, results / curve)
    export(checkpoint, models, results)
    write_goldens(folder, golden)
    print(f"{folder}: serve it, or commit it with {results} and {golden / folder.name}")
    return folder


def see_logits(folder: Path, folders: Sequence[Path]) -> dict[str, list[Seen]]:
    """Validation slices by set, with the logits of the folder's network in place of probabilities."""
    network = GraphModel(folder)
    (answer,) = [node for node in network.nodes if node["name"] == PROBABILITY]
    (head,) = answer["input"]
    subject = replace(subject_from_model(folder), run=lambda images: network(images, [head])[head])
    seen = {data_set.name: list(evaluate.see(subject, data_set, "val")) for data_set in folders}
    return {name: own for name, own in seen.items() if own}


def calibrated(seen: Seen, temperature: float) -> Seen:
    return replace(seen, probability=calibration.sigmoid(seen.probability / temperature).astype(np.float32))


def check(subject: Subject, seen: Sequence[Seen]) -> None:
    """The written graph must give what the figures are computed from."""
    for one, again in zip(seen, predict(subject, [one.slice for one in seen]), strict=True):
        difference = float(np.abs(one.probability - again.probability).max())
        if not difference <= LARGEST_DIFFERENCE:
            raise SystemExit(f"{one.slice.id}: the calibrated graph differs from logits / T by {difference:.2g}")


def flat(by_set: dict[str, list[Seen]]) -> list[Seen]:
    return [one for own in by_set.values() for one in own]


def write(path: Path, report: dict[str, Any]) -> None:
    path.write_text(json.dumps(report, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
