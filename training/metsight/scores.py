"""From masks to the figures of a split. Each comes with its n; undefined ones are left out and counted."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from metsight.metrics import counts, dice_from_counts, found_lesions, size_class

CLASSES = ("<6", "6-10", "10-20", ">20")


@dataclass(frozen=True)
class SliceScore:
    """One slice: counts of pixels, and its lesions as (area in pixels, found)."""

    patient: str
    tp: int
    fp: int
    fn: int
    lesions: tuple[tuple[int, bool], ...]

    @property
    def has_lesion(self) -> bool:
        return self.tp + self.fn > 0


def score_slice(patient: str, predicted: np.ndarray, truth: np.ndarray) -> SliceScore:
    """Of two boolean masks of one shape."""
    return SliceScore(patient, *counts(predicted, truth), tuple(found_lesions(predicted, truth)))


def summarize(scores: Sequence[SliceScore]) -> dict[str, Any]:
    """The figures of one split as the evaluation's JSON states them; a mean or share of nothing is None."""
    slice_dices = [dice_from_counts(s.tp, s.fp, s.fn) for s in scores if s.has_lesion]
    pooled: dict[str, np.ndarray] = defaultdict(lambda: np.zeros(3, np.int64))
    for s in scores:
        pooled[s.patient] += (s.tp, s.fp, s.fn)
    patient_dices = [dice_from_counts(*total) for total in pooled.values()]
    defined = [dice for dice in patient_dices if not np.isnan(dice)]
    tumour_free = [s for s in scores if not s.has_lesion]
    touched = sum(s.fp > 0 for s in tumour_free)
    lesions = [(size_class(area), found) for s in scores for area, found in s.lesions]
    sensitivity = {name: _found([found for kind, found in lesions if kind == name]) for name in CLASSES}
    return {
        "slices": len(scores),
        "patients": len(pooled),
        "sliceDice": _mean_and_median(slice_dices),
        "patientDice": {**_mean_and_median(defined), "undefined": len(patient_dices) - len(defined)},
        "tumourFree": {
            "withFalsePositive": touched,
            "n": len(tumour_free),
            "share": touched / len(tumour_free) if tumour_free else None,
        },
        "lesionSensitivity": {**sensitivity, "all": _found([found for _, found in lesions])},
    }


def _mean_and_median(values: Sequence[float]) -> dict[str, Any]:
    if not values:
        return {"mean": None, "median": None, "n": 0}
    return {"mean": float(np.mean(values)), "median": float(np.median(values)), "n": len(values)}


def _found(found: Sequence[bool]) -> dict[str, Any]:
    return {"found": sum(found), "n": len(found)}
