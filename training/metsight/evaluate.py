"""python -m metsight.evaluate --model <folder> --data <folder> --out <json>: figures of a network.

The twin of `metsight evaluate`: the whole recipe, and the same JSON. `--data` is one data set, or the folder that
holds several. With --choose-threshold it sweeps threshold and smallest lesion over validation slices instead.
"""

import argparse
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from tqdm import tqdm

from metsight import thresholds
from metsight.checkpoint import load_network
from metsight.data import SPLITS, Slice, data_root, read_image, read_index, read_mask
from metsight.graph import PROBABILITY
from metsight.graph_model import WEIGHTS_FILE, GraphModel
from metsight.manifest import sha256
from metsight.postprocess import delineate, min_pixels_for, restore
from metsight.preprocess import preprocess
from metsight.scores import score_slice, summarize

BATCH = 8


@dataclass(frozen=True)
class Subject:
    """What is evaluated. `run`: (B, 1, 256, 256) in [0, 1] → probabilities of the same shape."""

    id: str
    sha256: str
    run: Callable[[torch.Tensor], torch.Tensor]
    threshold: float
    min_lesion_px: float
    data_sets: tuple[str, ...]


def main() -> None:
    args = parse_arguments()
    if args.threads:
        torch.set_num_threads(args.threads)
    subject = subject_from_checkpoint(args.checkpoint) if args.checkpoint else subject_from_model(args.model)
    folders = data_set_folders(data_root(args.data), args.set or subject.data_sets)
    if args.choose_threshold:
        report = choose_threshold(subject, folders)
    else:
        report = evaluate(subject, folders, args.split or ["val"], args.threshold, args.min_size)
    args.out.parent.mkdir(parents=True, exist_ok=True)
    args.out.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")


def parse_arguments(words: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("--model", type=Path, help="an exported model's folder")
    which.add_argument("--checkpoint", type=Path, help="a run's last.pt (its averaged weights)")
    parser.add_argument("--data", help="a data set, or the folder that holds several (else METSIGHT_DATA)")
    parser.add_argument(
        "--set", action="append", help="a data set's name; several times for several (default: trained on)"
    )
    parser.add_argument("--split", action="append", choices=SPLITS, help="several times for several (default: val)")
    parser.add_argument("--threshold", type=float, help="(default: the model's own; 0.5 for a checkpoint)")
    parser.add_argument(
        "--min-size", type=int, help="pixels of the slice (default: the model's own, scaled to the slice)"
    )
    parser.add_argument("--choose-threshold", action="store_true", help="sweep on validation slices and choose")
    parser.add_argument("--threads", type=int, default=0)
    parser.add_argument("--out", type=Path, required=True, help="the JSON to write")
    return parser.parse_args(words)


def subject_from_checkpoint(path: Path) -> Subject:
    network, config, _ = load_network(path)
    network = network.to(memory_format=torch.channels_last)

    @torch.no_grad()
    def run(images: torch.Tensor) -> torch.Tensor:
        return torch.sigmoid(network(images)[-1])

    names = tuple(source.name for source in config.sources)
    return Subject(config.id, sha256(path), run, threshold=0.5, min_lesion_px=0, data_sets=names)


def subject_from_model(folder: Path) -> Subject:
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    network = GraphModel(folder)
    return Subject(
        id=manifest["id"],
        sha256=sha256(folder / WEIGHTS_FILE),
        run=lambda images: network(images)[PROBABILITY],
        threshold=manifest["threshold"]["value"],
        min_lesion_px=manifest["minLesionPx"],
        data_sets=tuple(data_set["name"] for data_set in manifest["provenance"]["dataSets"]),
    )


def data_set_folders(root: Path, names: Sequence[str]) -> list[Path]:
    """`root` itself where it is a data set, else the named ones in it."""
    if (root / "index.csv").exists():
        return [root]
    missing = [name for name in names if not (root / name / "index.csv").exists()]
    if missing:
        raise SystemExit(f"No data set {missing[0]!r} in {root}: name those to use with --set.")
    return [root / name for name in names]


def predict(subject: Subject, slices: Sequence[Slice]) -> Iterator[tuple[Slice, np.ndarray, np.ndarray]]:
    """Each slice with its probabilities (float32) and its true mask (boolean), both in the slice's own pixels."""
    for first in tqdm(range(0, len(slices), BATCH), unit="batch", desc=slices[0].dataset, leave=False):
        batch = slices[first : first + BATCH]
        images = [read_image(slice_) for slice_ in batch]
        pictures = torch.from_numpy(np.stack([preprocess(image) for image in images])[:, None])
        outputs = subject.run(pictures.contiguous(memory_format=torch.channels_last))[:, 0].numpy()
        for slice_, image, output in zip(batch, images, outputs, strict=True):
            yield slice_, restore(output, *image.shape), read_mask(slice_, image.shape) > 0


def evaluate(
    subject: Subject,
    folders: Sequence[Path],
    split_names: Sequence[str],
    threshold: float | None = None,
    min_pixels: int | None = None,
) -> dict[str, Any]:
    """The report; threshold and smallest lesion are the subject's own where None is given."""
    threshold = subject.threshold if threshold is None else threshold
    smallest = set()
    splits = []
    for folder in folders:
        for split in split_names:
            slices = read_index(folder, [split])
            if not slices:
                continue
            scores = []
            for slice_, probability, truth in predict(subject, slices):
                own = min_pixels_for(subject.min_lesion_px, *truth.shape)
                smallest.add(own if min_pixels is None else min_pixels)
                mask = delineate(probability, threshold, own if min_pixels is None else min_pixels)
                scores.append(score_slice(slice_.patient, mask, truth))
            splits.append({"set": folder.name, "split": split, **summarize(scores)})
            print(one_line(splits[-1]), flush=True)
    return {
        "model": {"id": subject.id, "sha256": subject.sha256},
        "threshold": threshold,
        # One number where all slices are of one size.
        "minSize": {"value": smallest.pop() if len(smallest) == 1 else None, "unit": "px"},
        "splits": splits,
    }


def one_line(figures: dict[str, Any]) -> str:
    def number(value: float | None) -> str:
        return "–" if value is None else f"{value:.3f}"

    dice, patients, free = figures["sliceDice"], figures["patientDice"], figures["tumourFree"]
    found = figures["lesionSensitivity"]["all"]
    return (
        f"{figures['set']} {figures['split']}: {figures['slices']} slices, {figures['patients']} patients; "
        f"slice Dice mean {number(dice['mean'])} median {number(dice['median'])} (n = {dice['n']}); "
        f"patient Dice {number(patients['mean'])} (n = {patients['n']}, {patients['undefined']} undefined); "
        f"tumour-free slices touched {number(free['share'])} (n = {free['n']}); "
        f"lesions found {found['found']} of {found['n']}"
    )


def choose_threshold(subject: Subject, folders: Sequence[Path]) -> dict[str, Any]:
    """Dice is over the first set's slices with a lesion, false positives over the tumour-free slices of all sets."""
    chosen_on = folders[0].name
    probabilities, truths = [], []
    for folder in folders:
        slices = read_index(folder, ["val"])
        for slice_, probability, truth in predict(subject, slices) if slices else ():
            if truth.shape != (256, 256):
                raise SystemExit(f"{folder.name} {slice_.id}: thresholds are chosen on slices of 256×256.")
            if slice_.dataset == chosen_on or not truth.any():
                probabilities.append(probability)
                truths.append(truth)
    rows = thresholds.sweep(probabilities, truths)
    chosen = thresholds.choose(rows)
    print(thresholds.table(rows))
    print(f"chosen: {chosen['threshold']} and {chosen['minSize']} px ({thresholds.RULE})")
    return {
        "model": {"id": subject.id, "sha256": subject.sha256},
        "chosenOn": f"validation patients: Dice on {chosen_on} (n = {chosen['slicesWithLesion']} slices), "
        f"false positives on {chosen['tumourFree']} tumour-free slices; {thresholds.RULE}",
        "chosen": chosen,
        "rows": rows,
    }


if __name__ == "__main__":
    main()
