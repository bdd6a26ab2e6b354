"""From masks to the figures of a split. Each comes with its n; undefined ones are left out and counted."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from metsight import bootstrap
from metsight.metrics import Overlap, dice_from_counts, size_class
from metsight.preprocess import SPACING_MM

CLASSES = ("<6", "6-10", "10-20", ">20")


@dataclass(frozen=True)
class SliceScore:
    """One slice: counts of pixels; its lesions as (area in pixels, found); what was marked as (area, touching).

    See `Overlap` for what is found and what touches. `pixel_mm`: the side of a pixel, for classes of size.
    """

    patient: str
    tp: int
    fp: int
    fn: int
    lesions: tuple[tuple[int, bool], ...]
    detections: tuple[tuple[int, bool], ...] = ()
    pixel_mm: float = SPACING_MM

    @property
    def has_lesion(self) -> bool:
        return self.tp + self.fn > 0

    @property
    def dice(self) -> float:
        return dice_from_counts(self.tp, self.fp, self.fn)


def score_slice(patient: str, predicted: np.ndarray, truth: np.ndarray, pixel_mm: float) -> SliceScore:
    """Of two boolean masks of one shape."""
    overlap = Overlap.of(predicted, truth)
    return SliceScore(patient, *overlap.counts(), tuple(overlap.lesions()), tuple(overlap.detections()), pixel_mm)


def summarize(scores: Sequence[SliceScore]) -> dict[str, Any]:
    """The figures of one split as the evaluation's JSON states them; a mean or share of nothing is None."""
    patient_dices = list(pooled_dices(scores).values())
    defined = [dice for dice in patient_dices if not np.isnan(dice)]
    tumour_free = [s for s in scores if not s.has_lesion]
    touched, marks = sum(s.fp > 0 for s in tumour_free), sum(len(s.detections) for s in tumour_free)
    sensitivity = _by_class([(area, s.pixel_mm, hit) for s in scores for area, hit in s.lesions], "found")
    precision = _by_class([(area, s.pixel_mm, hit) for s in scores for area, hit in s.detections], "touching")
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
    """Harmonic mean of the share of lesions found and the share of marks touching one.

    None without lesions; 0 where none is found, marked or not. Of a class of size None too where its lesions were found
    by marks of other sizes alone.
    """
    if sensitivity["n"] == 0:
        return None
    if sensitivity["found"] == 0:
        return 0.0
    if precision["n"] == 0:
        return None
    found, touching = sensitivity["found"] / sensitivity["n"], precision["touching"] / precision["n"]
    return 2 * found * touching / (found + touching)


def intervals(scores: Sequence[SliceScore]) -> dict[str, Any] | None:
    """95 % bootstrap intervals over patients; None of fewer than 5, and each where fewer than 5 have part in it."""
    own: dict[str, list[SliceScore]] = defaultdict(list)
    for s in scores:
        own[s.patient].append(s)
    if len(own) < bootstrap.FEWEST_PATIENTS:
        return None
    taken = bootstrap.draw(len(own))

    def ratio(above, below) -> tuple[np.ndarray, int]:
        """Of two functions of a slice that are summed; and how many patients have part in it."""
        numerators, denominators = ([sum(of(s) for s in part) for part in own.values()] for of in (above, below))
        return bootstrap.ratios(taken, numerators, denominators), int(np.count_nonzero(denominators))

    dices = [(s.dice, n) for n, part in enumerate(own.values()) for s in part if s.has_lesion]
    found, with_lesion = ratio(lambda s: sum(hit for _, hit in s.lesions), lambda s: len(s.lesions))
    touching, with_mark = ratio(lambda s: sum(hit for _, hit in s.detections), lambda s: len(s.detections))
    # Where nothing is marked nothing is found, and F1 is 0.
    product, both = 2 * found * np.nan_to_num(touching), found + np.nan_to_num(touching)
    pooled = np.array(list(pooled_dices(scores).values()))
    is_defined = ~np.isnan(pooled)
    values = {
        "sliceDiceMean": ratio(lambda s: s.dice if s.has_lesion else 0, lambda s: s.has_lesion),
        "sliceDiceMedian": (bootstrap.medians(taken, [d for d, _ in dices], [n for _, n in dices]), with_lesion),
        "patientDiceMean": (
            bootstrap.ratios(taken, np.nan_to_num(pooled), is_defined),
            int(is_defined.sum()),
        ),
        "tumourFreeShare": ratio(lambda s: s.fp > 0 and not s.has_lesion, lambda s: not s.has_lesion),
        "falsePositivesPerTumourFreeSlice": ratio(
            lambda s: 0 if s.has_lesion else len(s.detections), lambda s: not s.has_lesion
        ),
        "lesionSensitivity": (found, with_lesion),
        "lesionPrecision": (touching, with_mark),
        "lesionF1": (np.divide(product, both, out=np.zeros_like(both), where=both != 0), with_lesion),
    }
    settings = {"level": bootstrap.LEVEL, "draws": bootstrap.DRAWS, "seed": bootstrap.SEED, "over": "patients"}
    return settings | {name: bootstrap.interval(drawn, n) for name, (drawn, n) in values.items()}


def mean_and_median(values: Sequence[float]) -> dict[str, Any]:
    if not values:
        return {"mean": None, "median": None, "n": 0}
    return {"mean": float(np.mean(values)), "median": float(np.median(values)), "n": len(values)}


def _by_class(components: Sequence[tuple[int, float, bool]], hit: str) -> dict[str, dict[str, int]]:
    """Of (area in pixels, side of a pixel in mm, hit): how many there are of each class of equivalent diameter and in
    all, and how many of those are `hit`."""
    classes = [(size_class(area, pixel_mm), is_hit) for area, pixel_mm, is_hit in components]

    def tally(name: str) -> dict[str, int]:
        some = [is_hit for kind, is_hit in classes if name in (kind, "all")]
        return {hit: sum(some), "n": len(some)}

    return {name: tally(name) for name in (*CLASSES, "all")}
