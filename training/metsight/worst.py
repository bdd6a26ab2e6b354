"""The slices that a network does worst on, as examples for its card: numbers and names, no image."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from metsight.metrics import equivalent_diameter_px
from metsight.postprocess import delineate
from metsight.scores import SliceScore, score_slice
from metsight.subject import Seen

SHOWN = 5


def worst_slices(seen: Sequence[Seen], threshold: float, smallest: Callable[[np.ndarray], int]) -> dict[str, Any]:
    """Of slices of one set: those of lowest Dice, at most one a patient; of equal ones the larger lesion first.

    `outcomes` counts what became of all slices whose Dice is 0. `diameterMm`: of the largest lesion in the slice;
    `covered` and `beside`: marked pixels in and outside of lesions, as shares of the lesions' pixels.
    """
    described = []
    for one in seen:
        if one.truth.any():
            mask = delineate(one.probability, threshold, smallest(one.truth))
            described.append((one, _described(one, score_slice(one.slice.patient, mask, one.truth, one.pixel_mm))))
    described.sort(key=lambda pair: (pair[1]["dice"], -pair[1]["diameterMm"], pair[1]["id"]))
    worst_of_patient: dict[str, dict[str, Any]] = {}
    for one, own in described:
        worst_of_patient.setdefault(one.slice.patient, own)
    zero = [own["outcome"] for _, own in described if own["outcome"] in ("missed", "elsewhere")]
    return {
        "n": len(described),
        "outcomes": {outcome: zero.count(outcome) for outcome in ("missed", "elsewhere")},
        "slices": list(worst_of_patient.values())[:SHOWN],
    }


def _described(one: Seen, score: SliceScore) -> dict[str, Any]:
    largest = max(area for area, _ in score.lesions)
    return {
        "id": one.slice.id,
        "facets": dict(one.slice.facets),
        "lesions": len(score.lesions),
        "diameterMm": round(equivalent_diameter_px(largest) * score.pixel_mm, 1),
        "dice": round(score.dice, 3),
        "covered": round(score.tp / (score.tp + score.fn), 3),
        "beside": round(score.fp / (score.tp + score.fn), 3),
        "marks": len(score.detections),
        "outcome": _outcome(score),
    }


def _outcome(score: SliceScore) -> str:
    """'missed': nothing is marked; 'elsewhere': only beside lesions; 'partly': some of one is, maybe more beside."""
    if score.tp > 0:
        return "partly"
    return "elsewhere" if score.detections else "missed"


def sentences(worst: dict[str, Any]) -> list[str]:
    """Of `worst_slices` and the name of their `set`: one sentence a slice, with one on all before them."""
    if not worst["slices"]:
        return []
    zero = worst["outcomes"]
    counted = (
        f"`{worst['set']}`, val patients: of {worst['n']} slices with a lesion {zero['missed']} are left without any "
        f"mark and {zero['elsewhere']} are marked only beside the lesion. The worst slices, at most one a patient:"
    )
    return [counted, *(_sentence(own) for own in worst["slices"])]


def _sentence(own: dict[str, Any]) -> str:
    lesion = f"{own['lesions']} lesions, the largest" if own["lesions"] > 1 else "a lesion"
    what = [*own["facets"].values(), f"{lesion} {own['diameterMm']} mm across"]
    whose = "the lesions'" if own["lesions"] > 1 else "the lesion's"
    outcome = {
        "missed": "missed whole, nothing is marked",
        "elsewhere": f"missed whole, {own['marks']} marked elsewhere",
        "partly": f"{own['covered']:.0%} of {whose} pixels are marked, and {own['beside']:.0%} as many beside",
    }[own["outcome"]]
    return f"Slice `{own['id']}` ({', '.join(what)}): {outcome}; Dice {own['dice']:.2f}."
