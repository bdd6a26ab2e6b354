"""Two networks on the same slices: what both find, what only one finds; and their mean as a third."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from metsight.metrics import counts, dice_from_counts, found_lesions, size_class
from metsight.postprocess import delineate
from metsight.scores import CLASSES, mean_and_median
from metsight.subject import Seen, Subject

Smallest = Callable[[np.ndarray], int]


def ensemble_of(subjects: Sequence[Subject]) -> Subject:
    """Mean of the probabilities, at the mean of the thresholds, with the larger of the smallest lesions."""
    return replace(
        subjects[0],
        id=" + ".join(subject.id for subject in subjects),
        sha256=" + ".join(subject.sha256 for subject in subjects),
        run=lambda images: sum(subject.run(images) for subject in subjects) / len(subjects),
        threshold=float(np.mean([subject.threshold for subject in subjects])),
        min_lesion_px=max(subject.min_lesion_px for subject in subjects),
        temperature=1.0,
        flips=(),
    )


def mean_of(by_network: Sequence[Sequence[Seen]]) -> list[Seen]:
    """Each slice with the mean of the networks' probabilities, float32."""
    return [
        replace(same[0], probability=np.mean([one.probability for one in same], axis=0, dtype=np.float32))
        for same in zip(*by_network, strict=True)
    ]


def agreement(first: Sequence[Seen], second: Sequence[Seen], rules: Sequence[tuple[float, Smallest]]) -> dict[str, Any]:
    """Lesion by lesion who found it, by size class; and the Dice between the two masks where either marks anything."""
    tallies = {name: {"both": 0, "onlyFirst": 0, "onlySecond": 0, "neither": 0} for name in (*CLASSES, "all")}
    names = {(True, True): "both", (True, False): "onlyFirst", (False, True): "onlySecond", (False, False): "neither"}
    dices, free = [], {"both": 0, "onlyFirst": 0, "onlySecond": 0, "neither": 0}
    for one, other in zip(first, second, strict=True):
        masks = [
            delineate(seen.probability, threshold, smallest(seen.truth))
            for seen, (threshold, smallest) in zip((one, other), rules, strict=True)
        ]
        if masks[0].any() or masks[1].any():
            dices.append(dice_from_counts(*counts(*masks)))
        if not one.truth.any():
            free[names[bool(masks[0].any()), bool(masks[1].any())]] += 1
        found = (found_lesions(mask, one.truth) for mask in masks)
        for (area, by_first), (_, by_second) in zip(*found, strict=True):
            for name in (size_class(area, one.pixel_mm), "all"):
                tallies[name][names[by_first, by_second]] += 1
    return {"lesions": tallies, "tumourFreeTouched": free, "diceBetween": mean_and_median(dices)}
