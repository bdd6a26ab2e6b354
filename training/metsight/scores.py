"""From masks to the figures of a split. Each comes with its n; undefined ones are left out and counted."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from metsight import bootstrap
from metsight.metrics import Overlap, dice_from_counts, size_class

CLASSES = ("<6", "6-10", "10-20", ">20")


@dataclass(frozen=True)
class SliceScore:
    """One slice: counts of pixels; its lesions as (area in pixels, found); what was marked as (area, right)."""

    patient: str
    tp: int
    fp: int
    fn: int
    lesions: tuple[tuple[int, bool], ...]
    detections: tuple[tuple[int, bool], ...] = ()

    @property
    def has_lesion(self) -> bool:
        return self.tp + self.fn > 0

    @property
    def dice(self) -> float:
        return dice_from_counts(self.tp, self.fp, self.fn)


def score_slice(patient: str, predicted: np.ndarray, truth: np.ndarray) -> SliceScore:
    """Of two boolean masks of one shape."""
    overlap = Overlap.of(predicted, truth)
    return SliceScore(patient, *overlap.counts(), tuple(overlap.lesions()), tuple(overlap.detections()))


def summarize(scores: Sequence[SliceScore]) -> dict[str, Any]:
    """The figures of one split as the evaluation's JSON states them; a mean or share of nothing is None."""
    patient_dices = list(pooled_dices(scores).values())
    defined = [dice for dice in patient_dices if not np.isnan(dice)]
    tumour_free = [s for s in scores if not s.has_lesion]
    touched, marks = sum(s.fp > 0 for s in tumour_free), sum(len(s.detections) for s in tumour_free)
    sensitivity = _by_class([lesion for s in scores for lesion in s.lesions], "found")
    precision = _by_class([detection for s in scores for detection in s.detections], "right")
    return {
        "slices": len(scores),
        "patients": len(patient_dices),
        "sliceDice": mean_and_median([s.dice for s in scores if s.has_lesion]),
        "patientDice": {**mean_and_median(defined), "undefined": len(patient_dices) - len(defined)},
        "tumourFree": {
            "withFalsePositive": touched,
            "n": len(tumour_free),
            "share": touched / len(tumour_free) if tumour_free else None,
            "falsePositives": marks,
            "falsePositivesPerSlice": marks / len(tumour_free) if tumour_free else None,
        },
        "lesionSensitivity": sensitivity,
        "lesionPrecision": precision,
        "lesionF1": {name: f1(sensitivity[name], precision[name]) for name in (*CLASSES, "all")},
        "intervals": intervals(scores),
    }


def pooled_dices(scores: Sequence[SliceScore]) -> dict[str, float]:
    """Dice of each patient's slices together; NaN of one without lesion and without prediction."""
    pooled: dict[str, np.ndarray] = defaultdict(lambda: np.zeros(3, np.int64))
    for s in scores:
        pooled[s.patient] += (s.tp, s.fp, s.fn)
    return {patient: dice_from_counts(*total) for patient, total in pooled.items()}


def f1(sensitivity: dict[str, int], precision: dict[str, int]) -> float | None:
    """Harmonic mean of the share found and the share right; None without lesions or without marks, 0 if both are 0."""
    if sensitivity["n"] == 0 or precision["n"] == 0:
        return None
    found, right = sensitivity["found"] / sensitivity["n"], precision["right"] / precision["n"]
    return 2 * found * right / (found + right) if found + right else 0.0


def intervals(scores: Sequence[SliceScore]) -> dict[str, Any] | None:
    """95 % bootstrap intervals over patients; None of a single patient."""
    own: dict[str, list[SliceScore]] = defaultdict(list)
    for s in scores:
        own[s.patient].append(s)
    if len(own) < 2:
        return None
    taken = bootstrap.draw(len(own))
    pooled = pooled_dices(scores)

    def ratio(above, below) -> np.ndarray:
        """Of two functions of one patient's slices."""
        return bootstrap.ratios(taken, [above(part) for part in own.values()], [below(part) for part in own.values()])

    lesion_slices = [(n, s.dice) for n, part in enumerate(own.values()) for s in part if s.has_lesion]
    found = ratio(lambda p: sum(hit for s in p for _, hit in s.lesions), lambda p: sum(len(s.lesions) for s in p))
    right = ratio(lambda p: sum(hit for s in p for _, hit in s.detections), lambda p: sum(len(s.detections) for s in p))
    both = found + right
    values = {
        "sliceDiceMean": ratio(
            lambda p: sum(s.dice for s in p if s.has_lesion), lambda p: sum(s.has_lesion for s in p)
        ),
        "sliceDiceMedian": bootstrap.medians(taken, [d for _, d in lesion_slices], [n for n, _ in lesion_slices]),
        "patientDiceMean": ratio(lambda p: np.nan_to_num(pooled[p[0].patient]), lambda p: pooled[p[0].patient] >= 0),
        "tumourFreeShare": ratio(
            lambda p: sum(s.fp > 0 for s in p if not s.has_lesion), lambda p: sum(not s.has_lesion for s in p)
        ),
        "falsePositivesPerTumourFreeSlice": ratio(
            lambda p: sum(len(s.detections) for s in p if not s.has_lesion), lambda p: sum(not s.has_lesion for s in p)
        ),
        "lesionSensitivity": found,
        "lesionPrecision": right,
        "lesionF1": np.divide(2 * found * right, both, out=np.zeros_like(both), where=both != 0),
    }
    settings = {"level": bootstrap.LEVEL, "draws": bootstrap.DRAWS, "seed": bootstrap.SEED, "over": "patients"}
    return settings | {name: bootstrap.interval(drawn) for name, drawn in values.items()}


def mean_and_median(values: Sequence[float]) -> dict[str, Any]:
    if not values:
        return {"mean": None, "median": None, "n": 0}
    return {"mean": float(np.mean(values)), "median": float(np.median(values)), "n": len(values)}


def _by_class(components: Sequence[tuple[int, bool]], hit: str) -> dict[str, dict[str, int]]:
    """How many there are of each class of equivalent diameter and in all, and how many of those are `hit`."""
    classes = [(size_class(area), is_hit) for area, is_hit in components]

    def tally(name: str) -> dict[str, int]:
        some = [is_hit for kind, is_hit in classes if name in (kind, "all")]
        return {hit: sum(some), "n": len(some)}

    return {name: tally(name) for name in (*CLASSES, "all")}
