"""Figures of merit from counts. Undefined is NaN and is left out and counted, never 1."""

import cv2
import numpy as np

#: Upper bounds in pixels of a lesion's equivalent diameter; the last class is open.
SIZE_CLASSES_PX = (6, 10, 20)
IOU_FOUND = 0.1


def dice_from_counts(tp: float, fp: float, fn: float) -> float:
    """2tp / (2tp + fp + fn) of the foreground; NaN where prediction and truth are both empty."""
    denominator = 2 * tp + fp + fn
    return float("nan") if denominator == 0 else 2 * tp / denominator


def counts(predicted: np.ndarray, truth: np.ndarray) -> tuple[int, int, int]:
    """(tp, fp, fn) of two boolean arrays of one shape."""
    tp = int(np.count_nonzero(predicted & truth))
    return tp, int(np.count_nonzero(predicted)) - tp, int(np.count_nonzero(truth)) - tp


def components(mask: np.ndarray) -> tuple[int, np.ndarray]:
    """8-connected components of a 2-D mask: how many, and labels 1… in an array of its shape."""
    count, labels = cv2.connectedComponents(mask.astype(np.uint8), connectivity=8)
    return count - 1, labels


def drop_small(mask: np.ndarray, smallest_px: int) -> np.ndarray:
    """`mask` without components of fewer than `smallest_px` pixels. Boolean."""
    count, labels = components(mask)
    sizes = np.bincount(labels.ravel(), minlength=count + 1)
    keep = sizes >= smallest_px
    keep[0] = False
    return keep[labels]


def equivalent_diameter_px(area_px: float) -> float:
    return 2 * float(np.sqrt(area_px / np.pi))


def size_class(area_px: float) -> str:
    """'<6', '6-10', '10-20' or '>20': the equivalent diameter in pixels."""
    diameter = equivalent_diameter_px(area_px)
    if diameter < SIZE_CLASSES_PX[0]:
        return "<6"
    if diameter < SIZE_CLASSES_PX[1]:
        return "6-10"
    return "10-20" if diameter < SIZE_CLASSES_PX[2] else ">20"


def found_lesions(predicted: np.ndarray, truth: np.ndarray) -> list[tuple[int, bool]]:
    """(area in pixels, found) of each true lesion.

    Found if its intersection over union exceeds 0.1 with the union of the predicted components that touch it.
    """
    count, labels = components(truth)
    _, predicted_labels = components(predicted)
    lesions = []
    for lesion_id in range(1, count + 1):
        lesion = labels == lesion_id
        touching = np.unique(predicted_labels[lesion & predicted])
        hit = np.isin(predicted_labels, touching[touching > 0])
        union = np.count_nonzero(lesion | hit)
        lesions.append((int(lesion.sum()), bool(np.count_nonzero(lesion & hit) / union > IOU_FOUND)))
    return lesions
