"""Sweeps thresholds and smallest lesions over validation slices and chooses a pair; the FROC curve is a sweep too."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from metsight.metrics import Overlap
from metsight.scores import SliceScore, mean_and_median, pooled_dices

THRESHOLDS = (0.02, 0.05, *(n / 20 for n in range(2, 19)), 0.95, 0.98)
MIN_SIZES_PX = (0, 5, 10, 20, 40)
#: No larger one is chosen: a median metastasis (4.2 mm across) covers about 15 pixels of 0.94 mm.
LARGEST_CHOSEN_PX = 10
#: The operating point: the share of slices that may be touched in each set that is tumour-free throughout.
MOST_TOUCHED = 0.05
#: What mean slice Dice the operating point may cost before it counts as out of reach.
DICE_FOR_POINT = 0.05
#: What fewer false positives may cost where it is out of reach.
DICE_GIVEN_UP = 0.01

RULE = (
    f"highest mean slice Dice with at most {MOST_TOUCHED:.0%} of the slices of each tumour-free set touched; where "
    f"that costs more than {DICE_FOR_POINT} of the best Dice, fewest touched at most {DICE_GIVEN_UP} below the best; "
    f"smallest lesion at most {LARGEST_CHOSEN_PX} px"
)
#: Slices without lesion of patients with one are no such set: beside a tumour, what touches them may be true.
RULE_WITHOUT_FREE_SETS = (
    f"highest mean pooled Dice a patient, there being no tumour-free set; smallest lesion at most "
    f"{LARGEST_CHOSEN_PX} px"
)


class Swept:
    """One slice at every threshold and smallest size."""

    def __init__(self, patient: str, probability: np.ndarray, truth: np.ndarray, sizes: Sequence[int]) -> None:
        rows, cols = np.nonzero((probability >= np.float32(THRESHOLDS[0])) | truth)
        # Outside of this box there is nothing at any threshold.
        box = np.s_[rows.min() : rows.max() + 1, cols.min() : cols.max() + 1] if len(rows) else np.s_[:1, :1]
        probability, truth = probability[box], truth[box]
        highest = probability.max()
        self.scores: dict[tuple[float, int], SliceScore] = {}
        for threshold in THRESHOLDS:
            overlap = Overlap.of(probability >= np.float32(threshold), truth)
            for size in sizes:
                kept = overlap.without_small(max(size, 1)) if size > 1 and highest >= threshold else overlap
                self.scores[threshold, size] = SliceScore(
                    patient, *kept.counts(), tuple(kept.lesions()), tuple(kept.detections())
                )


def sweep(
    slices: Sequence[tuple[str, np.ndarray, np.ndarray]], sets: Sequence[str], for_dice: str
) -> list[dict[str, Any]]:
    """One row a pair of threshold and smallest size.

    Slices are (patient, float32 probabilities, boolean truth); `sets` names each one's data set. Dice is over the set
    `for_dice`; touched slices, sensitivity and false positives are over all. `touchedOfSet` has the share of touched
    slices of each set that is tumour-free throughout.
    """
    swept = [Swept(*slice_, MIN_SIZES_PX) for slice_ in slices]
    with_lesion = {name for name, (_, _, truth) in zip(sets, slices, strict=True) if truth.any()}
    free_sets = sorted(set(sets) - with_lesion)
    rows = []
    for threshold in THRESHOLDS:
        for size in MIN_SIZES_PX:
            scores = [slice_.scores[threshold, size] for slice_ in swept]
            of_set = {name: [s for s, own in zip(scores, sets, strict=True) if own == name] for name in set(sets)}
            chosen = of_set[for_dice]
            dice = mean_and_median([s.dice for s in chosen if s.has_lesion])
            patients = [d for d in pooled_dices(chosen).values() if not np.isnan(d)]
            free = [s for s in scores if not s.has_lesion]
            rows.append(
                {
                    "threshold": threshold,
                    "minSize": size,
                    "sliceDice": dice["mean"],
                    "slicesWithLesion": dice["n"],
                    "patientDice": mean_and_median(patients)["mean"],
                    "patients": len(patients),
                    "tumourFreeTouched": sum(s.fp > 0 for s in free),
                    "tumourFree": len(free),
                    "touchedOfSet": {
                        name: sum(s.fp > 0 for s in of_set[name]) / len(of_set[name]) for name in free_sets
                    },
                    **_detection(scores),
                }
            )
    return rows


def froc(
    slices: Sequence[tuple[str, np.ndarray, np.ndarray]], smallest: Callable[[np.ndarray], int]
) -> list[dict[str, Any]]:
    """One row a threshold; `smallest` gives the least pixels of a lesion in a slice of that truth's size."""
    swept = []
    for patient, probability, truth in slices:
        size = smallest(truth)
        by_size = Swept(patient, probability, truth, (size,)).scores
        swept.append({threshold: score for (threshold, _), score in by_size.items()})
    return [{"threshold": t, **_detection([scores[t] for scores in swept])} for t in THRESHOLDS]


def _detection(scores: Sequence[SliceScore]) -> dict[str, Any]:
    lesions = [found for s in scores for _, found in s.lesions]
    wrong = sum(not touching for s in scores for _, touching in s.detections)
    return {
        "lesions": len(lesions),
        "sensitivity": sum(lesions) / len(lesions) if lesions else None,
        "slices": len(scores),
        "falsePositivesPerSlice": wrong / len(scores) if scores else None,
    }


def rule(rows: Sequence[dict[str, Any]]) -> str:
    return RULE if rows[0]["touchedOfSet"] else RULE_WITHOUT_FREE_SETS


def choose(rows: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The row that `rule` picks; of equals the one that touches fewer, then the threshold nearer to 0.5."""
    allowed = [row for row in rows if row["minSize"] <= LARGEST_CHOSEN_PX]

    def near(row: dict[str, Any]) -> tuple[float, int]:
        return abs(row["threshold"] - 0.5), row["minSize"]

    if not rows[0]["touchedOfSet"]:
        return min(allowed, key=lambda row: (-row["patientDice"], row["tumourFreeTouched"], *near(row)))
    best = max(row["sliceDice"] for row in allowed)
    calm = [row for row in allowed if max(row["touchedOfSet"].values()) <= MOST_TOUCHED]
    reached = [row for row in calm if row["sliceDice"] >= best - DICE_FOR_POINT]
    if reached:
        return min(reached, key=lambda row: (-row["sliceDice"], row["tumourFreeTouched"], *near(row)))
    good = [row for row in allowed if row["sliceDice"] >= best - DICE_GIVEN_UP]
    return min(good, key=lambda row: (row["tumourFreeTouched"], -row["sliceDice"], *near(row)))


def table(rows: Sequence[dict[str, Any]]) -> str:
    lines = ["threshold  min px  slice Dice  patient Dice  sensitivity  FP a slice  tumour-free slices touched"]
    for row in rows:
        touched, n = row["tumourFreeTouched"], row["tumourFree"]
        share = f"{touched / n:6.1%} ({touched} of {n})" if n else "no such slices"
        lines.append(
            f"{row['threshold']:9.2f}  {row['minSize']:6d}  {row['sliceDice']:10.4f}  {row['patientDice']:12.4f}  "
            f"{row['sensitivity']:11.3f}  {row['falsePositivesPerSlice']:10.3f}  {share}"
        )
    return "\n".join(lines)
