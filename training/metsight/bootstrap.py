"""95 % intervals by drawing patients with replacement: slices of one patient are no independent witnesses."""

from collections.abc import Sequence

import numpy as np

DRAWS, SEED, LEVEL = 2000, 1, 0.95
#: Draws of fewer patients repeat so few values that their spread says little; chosen.
FEWEST_PATIENTS = 5


def draw(patient_count: int) -> np.ndarray:
    """(draws, patients) int: how often each draw takes each patient. The same number always gives the same draws."""
    rng = np.random.default_rng(SEED)
    return rng.multinomial(patient_count, np.full(patient_count, 1 / patient_count), size=DRAWS)


def interval(values: np.ndarray, contributing: int) -> list[float] | None:
    """Of a figure's value in each draw; draws in which it is undefined (NaN) are left out.

    `contributing`: how many patients the figure is made of; None where that is fewer than 5, and over nothing.
    """
    defined = values[np.isfinite(values)]
    if contributing < FEWEST_PATIENTS or defined.size == 0:
        return None
    tail = 50 * (1 - LEVEL)
    return [float(value) for value in np.percentile(defined, [tail, 100 - tail])]


def ratios(taken: np.ndarray, numerators: Sequence[float], denominators: Sequence[float]) -> np.ndarray:
    """Sum over sum in each draw; numerators and denominators are one a patient. NaN where the denominator is 0."""
    above, below = taken @ np.asarray(numerators, float), taken @ np.asarray(denominators, float)
    return np.divide(above, below, out=np.full(len(taken), np.nan), where=below > 0)


def calibration_errors(taken: np.ndarray, off: np.ndarray, counted: np.ndarray) -> np.ndarray:
    """Expected calibration error in each draw. NaN where no pixel is drawn.

    `off`: (patients, bins), sum of probabilities less number of lesion pixels; `counted`: (patients,), pixels.
    """
    return np.divide(
        np.abs(taken @ off).sum(1), taken @ counted, out=np.full(len(taken), np.nan), where=taken @ counted > 0
    )


def medians(taken: np.ndarray, values: Sequence[float], owners: Sequence[int]) -> np.ndarray:
    """Median in each draw of `values`, each of which belongs to the patient of that index. NaN where none is drawn."""
    if len(values) == 0:
        return np.full(len(taken), np.nan)
    order = np.argsort(values, kind="stable")
    ordered = np.asarray(values, float)[order]
    last = np.cumsum(taken[:, np.asarray(owners)[order]], axis=1)  # (draws, values): place after this value's copies
    total = last[:, -1:]
    low, high = ((last > np.maximum(place, 0)).argmax(1) for place in ((total - 1) // 2, total // 2))
    return np.where(total[:, 0] > 0, (ordered[low] + ordered[high]) / 2, np.nan)
