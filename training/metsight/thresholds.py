"""Chooses a threshold and a smallest lesion on validation slices."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from metsight.metrics import components, counts, dice_from_counts

THRESHOLDS = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
MIN_SIZES_PX = (0, 5, 10, 20, 40)
#: No larger one is chosen: a median metastasis (4.2 mm across) covers about 15 pixels of 0.94 mm.
LARGEST_CHOSEN_PX = 10
#: Mean slice Dice that fewer false positives may cost.
DICE_GIVEN_UP = 0.005

RULE = (
    f"mean slice Dice at most {DICE_GIVEN_UP} below the best; of these, fewest tumour-free slices with a false "
    f"positive; smallest lesion at most {LARGEST_CHOSEN_PX} px"
)


def sweep(probabilities: Sequence[np.ndarray], truths: Sequence[np.ndarray]) -> list[dict[str, float]]:
    """One row a pair of threshold and smallest size. Slices (rows, cols): float32 probabilities, boolean truths."""
    rows = []
    for threshold in THRESHOLDS:
        dices: list[list[float]] = [[] for _ in MIN_SIZES_PX]
        touched, tumour_free = np.zeros(len(MIN_SIZES_PX), int), 0
        for probability, truth in zip(probabilities, truths, strict=True):
            count, labels = components(probability >= np.float32(threshold))
            areas = np.bincount(labels.ravel(), minlength=count + 1)
            areas[0] = 0
            if not truth.any():
                tumour_free += 1
                touched += [areas.max() >= max(size, 1) for size in MIN_SIZES_PX]
                continue
            for n, size in enumerate(MIN_SIZES_PX):
                dices[n].append(dice_from_counts(*counts((areas >= max(size, 1))[labels], truth)))
        for n, size in enumerate(MIN_SIZES_PX):
            rows.append(
                {
                    "threshold": threshold,
                    "minSize": size,
                    "sliceDice": float(np.mean(dices[n])),
                    "slicesWithLesion": len(dices[n]),
                    "tumourFreeTouched": int(touched[n]),
                    "tumourFree": tumour_free,
                }
            )
    return rows


def choose(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The row that RULE picks; of equals the one with the higher Dice, then the threshold nearer to 0.5."""
    allowed = [row for row in rows if row["minSize"] <= LARGEST_CHOSEN_PX]
    best = max(row["sliceDice"] for row in allowed)
    good = [row for row in allowed if row["sliceDice"] >= best - DICE_GIVEN_UP]
    return min(good, key=lambda r: (r["tumourFreeTouched"], -r["sliceDice"], abs(r["threshold"] - 0.5), r["minSize"]))


def table(rows: Sequence[dict[str, Any]]) -> str:
    lines = ["threshold  min px  slice Dice  tumour-free slices touched"]
    for row in rows:
        touched, n = row["tumourFreeTouched"], row["tumourFree"]
        share = f"{touched / n:6.1%} ({touched} of {n})" if n else "no such slices"
        lines.append(f"{row['threshold']:9.1f}  {row['minSize']:6d}  {row['sliceDice']:10.4f}  {share}")
    return "\n".join(lines)
