"""Figures of one split from what a network saw in it: the headline ones and those of a reviewer."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from metsight import bootstrap, thresholds
from metsight.calibration import BINS, OVER, band_pixels, logit, offsets, reliability, sigmoid
from metsight.data import FACETS
from metsight.postprocess import delineate
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
    scores = [
        score_slice(one.slice.patient, mask, one.truth, one.pixel_mm) for one, mask in zip(seen, masks, strict=True)
    ]
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
    in_px, in_mm, owners = [], [], []
    patients = _patients(seen)
    for one, mask in zip(seen, masks, strict=True):
        distance = hd95_px(mask, one.truth)
        if np.isnan(distance):
            continue
        in_px.append(distance)
        owners.append(patients.index(one.slice.patient))
        if one.spacing_mm is not None:
            in_mm.append(distance * one.spacing_mm)

    def summary(values: Sequence[float]) -> dict[str, Any]:
        whole = mean_and_median(values)
        drawn = bootstrap.medians(bootstrap.draw(len(patients)), values, owners[: len(values)])
        interval = bootstrap.interval(drawn, len(set(owners)))
        return {"mean": whole["mean"], "median": whole["median"], "medianInterval": interval}

    return {
        "px": summary(in_px),
        "mm": summary(in_mm if len(in_mm) == len(in_px) else []),
        "n": len(in_px),
        "over": "slices where truth and prediction both hold a lesion",
    }


def calibration(seen: Sequence[Seen], temperature: float) -> dict[str, Any]:
    """Reliability near boundaries as the network answers, and as it would without its temperature.

    A mean over mirror images is taken for one answer there.
    """
    own = [band_pixels([(one.probability, one.truth)]) for one in seen]
    probabilities, truths = (np.concatenate(part) for part in zip(*own, strict=True))
    after = reliability(probabilities, truths)
    before = after if temperature == 1 else reliability(sigmoid(logit(probabilities) * temperature), truths)
    patients = _patients(seen)
    off, counted = np.zeros((len(patients), BINS)), np.zeros(len(patients))
    for one, pixels in zip(seen, own, strict=True):
        patient = patients.index(one.slice.patient)
        off[patient] += offsets(*pixels)
        counted[patient] += len(pixels[0])
    drawn = bootstrap.calibration_errors(bootstrap.draw(len(patients)), off, counted)
    interval = bootstrap.interval(drawn, int(np.count_nonzero(counted)))
    return {"temperature": temperature, "over": OVER, "before": before, "after": after, "eceInterval": interval}


def _patients(seen: Sequence[Seen]) -> list[str]:
    """In the order in which they come."""
    return list(dict.fromkeys(one.slice.patient for one in seen))
