"""python -m metsight.evaluate --model <folder> --data <folder> --out <json>: figures of a network.

The twin of `metsight evaluate`: the whole recipe, and the same JSON, with more of it. `--data` is one data set, or the
folder that holds several. Two `--model`s are compared lesion by lesion, `--ensemble` adds their mean. With
--choose-threshold it sweeps threshold and smallest lesion over validation slices instead.
"""

import argparse
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import torch

from metsight import thresholds
from metsight.agreement import agreement, ensemble_of, mean_of
from metsight.data import SPLITS, data_root, read_index
from metsight.figures import split_figures
from metsight.subject import Seen, Subject, predict, subject_from_checkpoint, subject_from_model


def main() -> None:
    args = parse_arguments()
    if args.threads:
        torch.set_num_threads(args.threads)
    subjects = [subject_from_checkpoint(args.checkpoint)] if args.checkpoint else []
    subjects += [subject_from_model(folder) for folder in args.model or ()]
    folders = data_set_folders(data_root(args.data), args.set or subjects[0].data_sets)
    splits = args.split or ["val"]
    if args.choose_threshold:
        seen = {folder.name: list(see(subjects[0], folder, "val")) for folder in folders}
        report = choose_threshold(subjects[0], seen, folders[0].name)
    elif len(subjects) == 1:
        report = evaluate(subjects[0], folders, splits, args.threshold, args.min_size)
    else:
        report = compare(subjects, folders, splits, args.threshold, args.min_size, has_ensemble=args.ensemble)
    args.out.parent.mkdir(parents=True, exist_ok=True)
    args.out.write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")


def parse_arguments(words: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    which = parser.add_mutually_exclusive_group(required=True)
    which.add_argument("--model", type=Path, action="append", help="an exported model's folder; twice to compare two")
    which.add_argument("--checkpoint", type=Path, help="a run's last.pt (its averaged weights)")
    parser.add_argument("--ensemble", action="store_true", help="with two models: also the mean of their probabilities")
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
    args = parser.parse_args(words)
    if len(args.model or ()) > 2:
        parser.error("--model is given once or twice")
    if args.ensemble and len(args.model or ()) != 2:
        parser.error("--ensemble needs two --model")
    if args.choose_threshold and len(args.model or ()) == 2:
        parser.error("--choose-threshold takes one model")
    return args


def data_set_folders(root: Path, names: Sequence[str]) -> list[Path]:
    """`root` itself where it is a data set, else the named ones in it."""
    if (root / "index.csv").exists():
        return [root]
    missing = [name for name in names if not (root / name / "index.csv").exists()]
    if missing:
        raise SystemExit(f"No data set {missing[0]!r} in {root}: name those to use with --set.")
    return [root / name for name in names]


def see(subject: Subject, folder: Path, split: str) -> Iterator[Seen]:
    slices = read_index(folder, [split])
    return predict(subject, slices) if slices else iter(())


class Report:
    """Figures of one subject, split by split; threshold and smallest lesion are its own where None is given."""

    def __init__(self, subject: Subject, threshold: float | None, min_pixels: int | None) -> None:
        self.subject = subject
        self.threshold = subject.threshold if threshold is None else threshold
        self.smallest = subject.smallest if min_pixels is None else lambda truth: min_pixels
        self.sizes: set[int] = set()
        self.splits: list[dict[str, Any]] = []

    def add(self, set_name: str, split: str, seen: Sequence[Seen]) -> None:
        if not seen:
            return
        self.sizes |= {self.smallest(one.truth) for one in seen}
        rule = {"threshold": self.threshold, "smallest": self.smallest, "temperature": self.subject.temperature}
        self.splits.append(split_figures(set_name, split, seen, **rule))
        print(f"{self.subject.id}: {one_line(self.splits[-1])}", flush=True)

    def json(self) -> dict[str, Any]:
        return {
            "model": self.subject.stated,
            "threshold": self.threshold,
            # One number where all slices are of one size.
            "minSize": {"value": next(iter(self.sizes)) if len(self.sizes) == 1 else None, "unit": "px"},
            "sizeClasses": {"unit": "mm"},
            "splits": self.splits,
        }


def evaluate(
    subject: Subject,
    folders: Sequence[Path],
    split_names: Sequence[str],
    threshold: float | None = None,
    min_pixels: int | None = None,
) -> dict[str, Any]:
    report = Report(subject, threshold, min_pixels)
    for folder in folders:
        for split in split_names:
            report.add(folder.name, split, list(see(subject, folder, split)))
    return report.json()


def compare(
    subjects: Sequence[Subject],
    folders: Sequence[Path],
    split_names: Sequence[str],
    threshold: float | None = None,
    min_pixels: int | None = None,
    *,
    has_ensemble: bool,
) -> dict[str, Any]:
    """Both subjects' figures, their agreement per lesion, and the figures of their mean."""
    reports = [Report(subject, threshold, min_pixels) for subject in subjects]
    mean = Report(ensemble_of(subjects), threshold, min_pixels)
    agreements = []
    for folder in folders:
        for split in split_names:
            by_network = [list(see(subject, folder, split)) for subject in subjects]
            if not by_network[0]:
                continue
            for report, seen in zip(reports, by_network, strict=True):
                report.add(folder.name, split, seen)
            if has_ensemble:
                mean.add(folder.name, split, mean_of(by_network))
            rules = [(report.threshold, report.smallest) for report in reports]
            agreements.append({"set": folder.name, "split": split, **agreement(*by_network, rules)})
    compared = {"models": [report.json() for report in reports], "agreement": agreements}
    return {**compared, "ensemble": mean.json()} if has_ensemble else compared


def one_line(figures: dict[str, Any]) -> str:
    def number(value: float | None) -> str:
        return "–" if value is None else f"{value:.3f}"

    dice, patients, free = figures["sliceDice"], figures["patientDice"], figures["tumourFree"]
    found, marks = figures["lesionSensitivity"]["all"], figures["lesionPrecision"]["all"]
    low, high = (figures["intervals"] or {}).get("sliceDiceMean") or (None, None)
    return (
        f"{figures['set']} {figures['split']}: {figures['slices']} slices, {figures['patients']} patients; "
        f"slice Dice mean {number(dice['mean'])} [{number(low)}, {number(high)}] median {number(dice['median'])} "
        f"(n = {dice['n']}); patient Dice {number(patients['mean'])} (n = {patients['n']}, "
        f"{patients['undefined']} undefined); tumour-free slices touched {number(free['share'])} (n = {free['n']}); "
        f"lesions found {found['found']} of {found['n']}, marks touching one {marks['touching']} of {marks['n']}; "
        f"ECE {number(figures['calibration']['after']['ece'])}"
    )


def choose_threshold(subject: Subject, seen: dict[str, Sequence[Seen]], chosen_on: str) -> dict[str, Any]:
    """From validation slices by set: Dice is over the set `chosen_on`, all else over all of them."""
    slices = [one for own in seen.values() for one in own]
    for one in slices:
        if one.truth.shape != (256, 256):
            raise SystemExit(f"{one.slice.dataset} {one.slice.id}: thresholds are chosen on slices of 256×256.")
    if not any(one.truth.any() for one in seen.get(chosen_on, ())):
        raise SystemExit(f"{chosen_on} has no validation slice with a lesion: a threshold cannot be chosen on it.")
    swept = [(one.slice.patient, one.probability, one.truth) for one in slices]
    rows = thresholds.sweep(swept, [one.slice.dataset for one in slices], chosen_on)
    chosen = thresholds.choose(rows)
    print(thresholds.table([row for row in rows if row["minSize"] == chosen["minSize"]]))
    rule = thresholds.rule(rows)
    print(f"chosen: {chosen['threshold']} and {chosen['minSize']} px ({rule})")
    return {
        "model": subject.stated,
        "chosenOn": f"validation patients: Dice on {chosen_on} (n = {chosen['slicesWithLesion']} slices), "
        f"false positives on {chosen['tumourFree']} slices without a lesion of all sets; {rule}",
        "chosen": chosen,
        "frocOver": f"validation slices of {', '.join(seen)}: {chosen['lesions']} lesions counted a slice, "
        f"{chosen['slices']} slices",
        "rows": rows,
    }


if __name__ == "__main__":
    main()
