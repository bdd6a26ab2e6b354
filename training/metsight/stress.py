"""python -m metsight.stress --model <folder> --data <folder>: are small drawn lesions found in tumour-free slices?

SYNTHETIC: `synthetic` draws up to three lesions of 3 to 20 mm into the brain of slices of the sets that are tumour-free
throughout (not into those through face and skull base, where the brain is not known), with a fixed seed. No patient's
lesion is among them, and training draws similar ones into some slices (`drawn_lesions` of the config), so this
flatters: it says which sizes are out of reach, not how many metastases would be found. Slices of unknown spacing are
taken as 0.94 mm a pixel. Validation slices, unless --split test is asked for.
"""

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch

from metsight import synthetic
from metsight.data import data_root, read_image
from metsight.evaluate import data_set_folders, see
from metsight.metrics import Overlap, components
from metsight.postprocess import delineate, restore
from metsight.preprocess import SPACING_MM, preprocess
from metsight.subject import BATCH, Seen, Subject, subject_from_model
from metsight.synthetic import CLASSES, CONTRASTS, SHARES, Lesion
from metsight.thresholds import MOST_TOUCHED, THRESHOLDS

SEED, LESIONS_A_SLICE = 20261125, 3
RESULTS = Path(__file__).parent.parent / "results"
ABOUT = (
    f"filled ones and, from {synthetic.SMALLEST_RING_MM:g} mm on, rings, {', '.join(f'{c:g}' for c in CONTRASTS)} "
    "times as bright as the brain around, spread evenly over the classes of diameter. Training may have drawn similar "
    "ones into some of its slices: these figures flatter."
)


@dataclass(frozen=True)
class Stressed:
    """A slice before and after lesions were drawn into it: probabilities, and which lesion is where."""

    before: Seen
    after: np.ndarray
    mask: np.ndarray
    lesions: tuple[Lesion, ...]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--data", help="folder that holds the data sets (else METSIGHT_DATA)")
    parser.add_argument("--set", action="append", help="a tumour-free set; several times for several (default: own)")
    parser.add_argument("--split", choices=("val", "test"), default="val")
    parser.add_argument("--threads", type=int, default=0)
    parser.add_argument("--out", type=Path, help="the JSON to write (default: training/results/<id>/stress.json)")
    args = parser.parse_args()
    if args.threads:
        torch.set_num_threads(args.threads)
    subject = subject_from_model(args.model)
    folders = data_set_folders(data_root(args.data), args.set or subject.data_sets)
    free = tumour_free({folder.name: list(see(subject, folder, args.split)) for folder in folders})
    if not free:
        raise SystemExit("None of these sets is tumour-free throughout: name one with --set.")
    report = measure(subject, free, args.split)
    out = args.out or RESULTS / subject.id / "stress.json"
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(json.dumps(report, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    print(table(report))


def tumour_free(seen: dict[str, Sequence[Seen]]) -> list[Seen]:
    """All slices of the sets in which none has a lesion."""
    return [one for own in seen.values() if not any(each.truth.any() for each in own) for one in own]


def measure(subject: Subject, free: Sequence[Seen], split: str) -> dict[str, Any]:
    """`free`: tumour-free slices with what the subject sees in them as they are."""
    stressed = stress(subject, free)
    thresholds = {
        "as shipped": subject.threshold,
        f"at most {MOST_TOUCHED:.0%} touched": quiet_threshold(subject, free),
    }
    points = [point(subject, stressed, name, value) for name, value in thresholds.items() if value is not None]
    return {
        "model": subject.stated,
        "synthetic": True,
        "about": ABOUT,
        "split": split,
        "sets": sorted({one.slice.dataset for one in free}),
        "slices": len(stressed),
        "seed": SEED,
        "spacingMm": SPACING_MM,
        "points": points,
    }


def stress(subject: Subject, free: Sequence[Seen]) -> list[Stressed]:
    """Slices in which there is room for a lesion."""
    drawn, number = [], 0
    for n, one in enumerate(free):
        spacing = one.slice.spacing_mm or SPACING_MM * 256 / max(one.truth.shape)
        image, mask, lesions = synthetic.draw(read_image(one.slice), (SEED, n), number, LESIONS_A_SLICE, spacing)
        number += LESIONS_A_SLICE
        if lesions:
            drawn.append((one, image, mask, tuple(lesions)))
    stressed = []
    for first in range(0, len(drawn), BATCH):
        batch = drawn[first : first + BATCH]
        pictures = torch.from_numpy(np.stack([preprocess(image) for _, image, _, _ in batch])[:, None])
        outputs = subject.run(pictures.contiguous(memory_format=torch.channels_last))[:, 0].numpy()
        for (one, image, mask, lesions), output in zip(batch, outputs, strict=True):
            stressed.append(Stressed(one, np.array(restore(output, *image.shape)), mask, lesions))
    return stressed


def quiet_threshold(subject: Subject, free: Sequence[Seen]) -> float | None:
    """The lowest at which at most 5 % of the slices of each set are touched; None if there is none."""
    return next((t for t in THRESHOLDS if max(touched(subject, free, t).values()) <= MOST_TOUCHED), None)


def touched(subject: Subject, free: Sequence[Seen], threshold: float) -> dict[str, float]:
    """Share of each set's slices, as they are, on which anything is marked."""
    marked: dict[str, list[bool]] = {}
    for one in free:
        any_marked = delineate(one.probability, threshold, subject.smallest(one.truth)).any()
        marked.setdefault(one.slice.dataset, []).append(bool(any_marked))
    return {name: sum(own) / len(own) for name, own in sorted(marked.items())}


def point(subject: Subject, stressed: Sequence[Stressed], name: str, threshold: float) -> dict[str, Any]:
    found = [pair for one in stressed for pair in found_lesions(subject, one, threshold)]
    by_class = [tally(found, "diameterMm", c, lambda lesion, c=c: lesion.size_class == c) for c in CLASSES]
    shares = [own["found"] / own["n"] if own["n"] else None for own in by_class]
    return {
        "name": name,
        "threshold": threshold,
        "touched": touched(subject, [one.before for one in stressed], threshold),
        "diameters": by_class,
        "cells": [
            {
                "contrast": c,
                **tally(found, "diameterMm", d, lambda le, d=d, c=c: (le.size_class, le.contrast) == (d, c)),
            }
            for d in CLASSES
            for c in CONTRASTS
        ],
        "contrasts": [tally(found, "contrast", c, lambda lesion, c=c: lesion.contrast == c) for c in CONTRASTS],
        # Of one size, or solid small ones would be compared with large rings.
        "kinds": [
            tally(found, "kind", k, lambda le, k=k: le.kind == k and le.diameter_mm >= synthetic.SMALLEST_RING_MM)
            for k in ("filled", "ring")
        ],
        #: As if the sizes were those of BraTS-METS' lesions of 3 to 20 mm.
        "weighted": None if None in shares else float(np.dot(shares, SHARES)),
        #: Marked so well in the slice as it was that the lesion would have counted as found.
        "foundBeforeDrawn": sum(
            hit for one in stressed for _, hit in found_lesions(subject, one, threshold, one.before.probability)
        ),
    }


def found_lesions(
    subject: Subject, one: Stressed, threshold: float, probability: np.ndarray | None = None
) -> list[tuple[Lesion, bool]]:
    """Each lesion and whether it is found, by the rule of the evaluation."""
    seen = one.after if probability is None else probability
    marked = delineate(seen, threshold, subject.smallest(one.mask))
    hits = [hit for _, hit in Overlap.of(marked, one.mask).lesions()]
    _, labels = components(one.mask)
    return [(lesion, hits[labels[lesion.row, lesion.col] - 1]) for lesion in one.lesions]


def tally(found: Sequence[tuple[Lesion, bool]], key: str, value: Any, belongs: Any) -> dict[str, Any]:
    own = [hit for lesion, hit in found if belongs(lesion)]
    return {key: value, "found": sum(own), "n": len(own)}


def table(report: dict[str, Any]) -> str:
    lines = [f"SYNTHETIC lesions in {report['slices']} {report['split']} slices of {', '.join(report['sets'])}"]
    for own in report["points"]:
        lines.append(f"{own['name']}: threshold {own['threshold']}, touched {own['touched']}")
        for key, rows in (("diameterMm", "diameters"), ("contrast", "contrasts"), ("kind", "kinds")):
            lines.append("  " + "; ".join(f"{row[key]}: {row['found']} of {row['n']}" for row in own[rows]))
        lines.append(f"  weighted as BraTS-METS: {own['weighted']}; by chance: {own['foundBeforeDrawn']}")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
