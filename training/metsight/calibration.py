"""Are the probabilities true? Reliability near boundaries, and the temperature that mends it.

Far from any lesion nearly every pixel is rightly near 0, which would make any network look calibrated. So figures are
over pixels within 5 mm of a true boundary. But a temperature that is right there makes the rest of the head say 0.1 or
0.2, so it is held down until the median pixel of a tumour-free head says at most QUIET (compared in the README).

Logits are (answers, …): one answer of the slice, and one of each mirror image that the network's probability is the
mean over. The temperature, folded into the heads, divides each before the mean is made; so it is fitted to the mean.
"""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import torch
from torch import nn

from metsight.networks.blocks import Head
from metsight.preprocess import INPUT_SIZE
from metsight.surface import distance_to, outline

#: 5 mm at 0.94 mm a pixel, in the network's picture.
BAND_PX = 5.3
BINS = 15
OVER = "pixels within 5.3 px (5 mm at 0.94 mm a pixel) of a true boundary"
LOWEST, HIGHEST = 0.2, 10.0
#: What the median pixel of tumour-free heads may say: chosen. In the whole picture the median is then about 0.014.
QUIET = 0.05


def boundary_band(truth: np.ndarray) -> np.ndarray:
    """Boolean: pixels at most BAND_PX from the outline of a lesion; none where there is no lesion."""
    if not truth.any():
        return np.zeros(truth.shape, bool)
    return distance_to(outline(truth)) <= BAND_PX * max(truth.shape) / INPUT_SIZE


def logit(probability: np.ndarray) -> np.ndarray:
    """float64; probabilities that float32 rounded to 0 or 1 are taken as 1e-7 away from it."""
    p = np.clip(probability.astype(np.float64), 1e-7, 1 - 1e-7)
    return np.log(p / (1 - p))


def sigmoid(logits: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-np.clip(logits, -80, 80)))


def reliability(probabilities: np.ndarray, truths: np.ndarray) -> dict[str, Any]:
    """Expected calibration error over 15 bins of equal width (Naeini et al. 2015), and the bins that hold a pixel."""
    n = len(probabilities)
    bins = _bins(probabilities)
    counted = np.bincount(bins, minlength=BINS)
    said = np.bincount(bins, probabilities, BINS)
    true = np.bincount(bins, truths, BINS)
    return {
        "ece": float(np.abs(said - true).sum() / n) if n else None,
        "n": n,
        "bins": [
            {
                "probability": float(said[b] / counted[b]),
                "lesionShare": float(true[b] / counted[b]),
                "n": int(counted[b]),
            }
            for b in range(BINS)
            if counted[b]
        ],
    }


def offsets(probabilities: np.ndarray, truths: np.ndarray) -> np.ndarray:
    """(bins,): in each the sum of the probabilities less the number of lesion pixels."""
    return np.bincount(_bins(probabilities), probabilities.astype(np.float64) - truths, BINS)


def _bins(probabilities: np.ndarray) -> np.ndarray:
    return np.minimum((probabilities * BINS).astype(int), BINS - 1)


def band_pixels(pairs: Iterable[tuple[np.ndarray, np.ndarray]]) -> tuple[np.ndarray, np.ndarray]:
    """Of slices' (values, truth): those of the pixels near boundaries, in one row each; logits in one row an answer."""
    return _gather((values, truth, boundary_band(truth)) for values, truth in pairs)


def _gather(parts: Iterable[tuple[np.ndarray, np.ndarray, np.ndarray]]) -> tuple[np.ndarray, np.ndarray]:
    values, truths = [], [np.zeros(0, bool)]
    for own, truth, chosen in parts:
        values.append(own[..., chosen])
        truths.append(truth[chosen])
    return np.concatenate(values, axis=-1) if values else np.zeros(0, np.float32), np.concatenate(truths)


def answered(logits: np.ndarray, temperature: float) -> np.ndarray:
    """(answers, …) → (…): the mean of the answers' probabilities."""
    return sigmoid(logits / temperature).mean(axis=0)


def fit_temperature(logits: np.ndarray, truths: np.ndarray) -> float:
    """The T in [0.2, 10] at which `answered(logits, T)` has the least negative log-likelihood (Guo et al. 2017).

    Of one answer that is convex in 1 / T, so a golden-section search finds it; of several it finds a local minimum.
    """
    if truths.all() or not truths.any():
        raise ValueError("A temperature needs pixels of lesion and of background near a boundary; one kind is missing.")
    signed = np.where(truths, -1.0, 1.0) * logits

    def loss(inverse: float) -> float:
        of_each = np.logaddexp(0, signed * inverse)  # (answers, n)
        return float((np.log(len(of_each)) - np.logaddexp.reduce(-of_each, axis=0)).mean())

    low, high, golden = 1 / HIGHEST, 1 / LOWEST, (np.sqrt(5) - 1) / 2
    for _ in range(32):
        left, right = high - golden * (high - low), low + golden * (high - low)
        low, high = (low, right) if loss(left) < loss(right) else (left, high)
    return float(round(2 / (low + high), 4))


def quiet_temperature(background: np.ndarray) -> float:
    """The largest T in [1, 10] at which the median of these logits says at most QUIET; 10 of none.

    Not below 1: a network that says more as it was trained is not sharpened for it. Of several answers to a pixel the
    largest is taken, than which their mean says no more.
    """
    if background.size == 0:
        return HIGHEST
    quotient = float(np.median(background.max(axis=0))) / float(np.log(QUIET / (1 - QUIET)))
    return float(np.clip(np.floor(quotient * 1e4) / 1e4, 1.0, HIGHEST))


def calibrate(pairs: Sequence[tuple[np.ndarray, np.ndarray]], background: np.ndarray, over: str) -> dict[str, Any]:
    """Fits on slices' (logits, truth) near boundaries and states what that does to the error there.

    `background`: logits of the pixels of tumour-free heads, in one row an answer, maybe none. One number cannot be
    right both at a boundary and far from any lesion: it is the lower of what boundaries ask for and what the background
    allows.
    """
    logits, truths = band_pixels(pairs)
    at_boundaries = fit_temperature(logits, truths)
    temperature = min(at_boundaries, quiet_temperature(background))
    before, after = (reliability(answered(logits, t), truths) for t in (1.0, temperature))
    return {
        "method": "temperature",
        "temperature": temperature,
        "boundaryTemperature": at_boundaries,
        "eceBefore": before["ece"],
        "eceAfter": after["ece"],
        "n": after["n"],
        "over": over,
        "bins": after["bins"],
        "binsBefore": before["bins"],
        "tumourFreeMedian": _median_said(background, temperature) if background.size else None,
    }


def _median_said(logits: np.ndarray, temperature: float) -> float:
    """The median of `answered`; made of logits where there is one answer, so that no rounding comes between."""
    if len(logits) == 1:
        return float(sigmoid(np.median(logits) / temperature))
    return float(np.median(answered(logits, temperature)))


def heads(network: nn.Module) -> list[Head]:
    return [module for module in network.modules() if isinstance(module, Head)]


@torch.no_grad()
def divide_heads(heads_by_name: Iterable[nn.Conv2d], temperature: float) -> None:
    """Logits / T, by the heads' own weights."""
    for head in heads_by_name:
        head.weight.div_(temperature)
        head.bias.div_(temperature)
