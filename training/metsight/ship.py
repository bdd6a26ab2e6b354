"""python -m metsight.ship --checkpoint <file> --data <folder>: from a finished run to a model folder.

In order: validation patients seen once by the exported network; temperature fitted on them and folded into the heads;
threshold chosen; figures; difference between TensorFlow.js and PyTorch, and between float16 and float32; stress test of
synthetic lesions, where a set is tumour-free throughout; goldens. Each result is kept in training/results/<id>/ and
stated in the manifest and card. The test patients stay closed: `metsight.evaluate --split test` opens them.
`--few 40 --out <scratch>` rehearses it on 40 slices a set. `--flip left-right` declares that the network's probability
is the mean over the slice and that mirror image; all of the above is then chosen and measured with it.
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

from metsight import calibration, evaluate, parity, stress
from metsight.checkpoint import load_network, network_sha256
from metsight.data import data_root, read_image, read_index
from metsight.export import export
from metsight.flips import AXES, each_flip, known_flips
from metsight.goldens import GOLDEN, write_goldens
from metsight.graph import PROBABILITY
from metsight.graph_model import GraphModel
from metsight.head import head_depth
from metsight.subject import Seen, Subject, predict, subject_from_model
from metsight.worst import worst_slices

TRAINING = Path(__file__).parent.parent
MODELS, RESULTS = TRAINING.parent / "public" / "models", TRAINING / "results"
PARITY_SLICES, FLOAT16_SLICES = 24, 48
#: The stored logits, divided, and the written graph compute the same in another order.
LARGEST_DIFFERENCE = 1e-4


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--checkpoint", type=Path, required=True, help="a run's last.pt")
    parser.add_argument("--data", help="folder that holds the data sets (else METSIGHT_DATA)")
    parser.add_argument("--out", type=Path, default=MODELS)
    parser.add_argument("--results", type=Path, default=RESULTS)
    parser.add_argument("--golden", type=Path, default=GOLDEN)
    parser.add_argument("--threads", type=int, default=0)
    parser.add_argument("--few", type=int, help="a rehearsal: at most so many validation slices a set; needs --out")
    parser.add_argument("--flip", action="append", choices=AXES, help="a mirror image to average over; twice for both")
    args = parser.parse_args()
    if args.threads:
        torch.set_num_threads(args.threads)
    results, golden = args.results, args.golden
    if args.few is not None:
        if args.out == parser.get_default("out"):
            parser.error("--few needs an --out of its own: what it writes is not to be shipped.")
        results, golden = args.out / "results", args.out / "golden"
    ship(args.checkpoint, data_root(args.data), args.out, results, golden, args.few, known_flips(args.flip or ()))


def ship(
    checkpoint: Path,
    data: Path,
    models: Path = MODELS,
    all_results: Path = RESULTS,
    golden: Path = GOLDEN,
    few: int | None = None,
    flips: tuple[str, ...] = (),
) -> Path:
    """The model folder written. `few`: at most so many validation slices a set."""
    network, config, _ = load_network(checkpoint)
    config.require_id_of_its_own()
    names = config.data_sets
    folders = evaluate.data_set_folders(data, names)
    results = all_results / config.id
    results.mkdir(parents=True, exist_ok=True)

    # The validation patients, once
    with tempfile.TemporaryDirectory() as scratch:
        logits = see_logits(export(checkpoint, Path(scratch), None), folders, few, flips)
    if not logits:
        raise SystemExit(f"None of {', '.join(names)} has validation patients: a threshold cannot be chosen.")

    # Temperature, on the sets that stand for what the network is for
    used = [one for name in config.validate_on for one in logits.get(name, ()) if one.truth.any()]
    over = f"{calibration.OVER}; validation slices with a lesion of {', '.join(config.validate_on)} (n = {len(used)})"
    fitted = calibration.calibrate([(one.probability, one.truth) for one in used], background(flat(logits)), over)
    fitted_for = {"fittedFor": network_sha256(network), "calibration": fitted}
    # From here on the exporter knows of temperature and flips.
    unwritten = {"id": config.id, "sha256": "", **({"flips": list(flips)} if flips else {})}
    write(results / "calibration.json", {"model": unwritten, **fitted_for})
    folder = export(checkpoint, models, results)
    subject = replace(subject_from_model(folder), temperature=fitted["temperature"])
    write(results / "calibration.json", {"model": subject.stated, **fitted_for})
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
    main_set = seen.get(config.validate_on[0], ())
    examples = {"worst": {"set": config.validate_on[0], **worst_slices(main_set, report.threshold, report.smallest)}}
    write(results / "validation.json", report.json() | examples)

    # Proofs
    measured = parity.measure(subject, folder, folders, PARITY_SLICES)
    some = parity.evenly(with_lesion, FLOAT16_SLICES)
    measured["float16"] = parity.float16_cost(checkpoint, subject.temperature, some, subject)
    write(results / "parity.json", measured)
    free = stress.tumour_free(seen)
    if free:
        write(results / "stress.json", stress.measure(subject, free, "val"))
    for curve in ("curve.csv", "curve.png"):
        if (checkpoint.parent / curve).exists():
            shutil.copyfile(checkpoint.parent / curve, results / curve)
    export(checkpoint, models, results)
    write_goldens(folder, golden)
    advice = "a rehearsal, not to be shipped" if few else f"commit it with {results} and {golden / folder.name}"
    print(f"{folder}: {advice}")
    return folder


def see_logits(
    folder: Path, folders: Sequence[Path], few: int | None = None, flips: Sequence[str] = ()
) -> dict[str, list[Seen]]:
    """Validation slices by set, with logits in place of probabilities, (answers, rows, cols): the folder's network's of
    the slice and of each mirror image."""
    network = GraphModel(folder)
    (answer,) = [node for node in network.nodes if node["name"] == PROBABILITY]
    (head,) = answer["input"]
    subject = subject_from_model(folder)
    answers = [replace(subject, run=run) for run in each_flip(lambda images: network(images, [head])[head], flips)]
    seen = {}
    for data_set in folders:
        slices = read_index(data_set, ["val"])
        if slices:
            some = parity.evenly(slices, few or len(slices))
            seen[data_set.name] = [
                replace(same[0], probability=np.stack([one.probability for one in same]))
                for same in zip(*(predict(answer, some) for answer in answers), strict=True)
            ]
    return seen


def background(seen: Sequence[Seen]) -> np.ndarray:
    """What tumour-free slices hold inside the head, in one row an answer."""
    free = [one for one in seen if not one.truth.any()]
    inside = [one.probability[:, head_depth(read_image(one.slice)) > 0] for one in free]
    return np.concatenate(inside, axis=1) if inside else np.zeros((1, 0), np.float32)


def calibrated(seen: Seen, temperature: float) -> Seen:
    return replace(seen, probability=calibration.answered(seen.probability, temperature).astype(np.float32))


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
