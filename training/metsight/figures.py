"""Figures of one split from what a network saw in it: the headline ones and those of a reviewer."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from metsight import thresholds
from metsight.calibration import OVER, band_pixels, logit, reliability, sigmoid
from metsight.data import FACETS
from metsight.postprocess import delineate
from metsight.provenance import data_set
from metsight.scores import mean_and_median, score_slice, summarize
from metsight.subject import Seen
from metsight.surface import hd95_px


def split_figures(
    set_name: str,
    split: str,
    seen: Sequence[Seen],
    *,
    threshold: float,
    smallest: Callable[[np.ndarray], int],
    temperature: float,
) -> dict[str, Any]:
    """`smallest`: least pixels of a lesion, given a slice's true mask. All slices are of one split of one set."""
    masks = [delineate(one.probability, threshold, smallest(one.truth)) for one in seen]
    scores = [score_slice(one.slice.patient, mask, one.truth) for one, mask in zip(seen, masks, strict=True)]
    slices = [(one.slice.patient, one.probability, one.truth) for one in seen]

    by: dict[str, dict[str, Any]] = {}
    for facet in FACETS:
        values = sorted({one.slice.facets[facet] for one in seen if facet in one.slice.facets})
        for value in values:
            own = [score for one, score in zip(seen, scores, strict=True) if one.slice.facets.get(facet) == value]
            by.setdefault(facet, {})[value] = summarize(own)
    return {
        "set": set_name,
        "split": split,
        **summarize(scores),
        "hd95": distances(seen, masks),
        "calibration": calibration(seen, temperature),
        "froc": thresholds.froc(slices, smallest),
        "by": by,
    }


def distances(seen: Sequence[Seen], masks: Sequence[np.ndarray]) -> dict[str, Any]:
    """HD95 over slices where both masks hold something; in mm where every such slice's spacing is known."""
    in_px, in_mm = [], []
    for one, mask in zip(seen, masks, strict=True):
        distance = hd95_px(mask, one.truth)
        if np.isnan(distance):
            continue
        in_px.append(distance)
        spacing = one.slice.spacing_mm or data_set(one.slice.dataset).spacing_mm
        if spacing is not None:
            in_mm.append(distance * spacing)
    px, mm = mean_and_median(in_px), mean_and_median(in_mm if len(in_mm) == len(in_px) else [])
    return {
        "px": {"mean": px["mean"], "median": px["median"]},
        "mm": {"mean": mm["mean"], "median": mm["median"]},
        "n": px["n"],
        "over": "slices where truth and prediction both hold a lesion",
    }


def calibration(seen: Sequence[Seen], temperature: float) -> dict[str, Any]:
    """Reliability near boundaries as the network answers, and as it would without its temperature."""
    probabilities, truths = band_pixels((one.probability, one.truth) for one in seen)
    after = reliability(probabilities, truths)
    before = after if temperature == 1 else reliability(sigmoid(logit(probabilities) * temperature), truths)
    return {"temperature": temperature, "over": OVER, "before": before, "after": after}
