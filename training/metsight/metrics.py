"""Figures of merit from counts. Undefined is NaN and is left out and counted, never 1."""

from dataclasses import dataclass

import cv2
import numpy as np

#: Upper bounds in millimetres of a lesion's equivalent diameter; the last class is open.
SIZE_CLASSES_MM = (6, 10, 20)
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


def size_class(area_px: float, pixel_mm: float) -> str:
    """'<6', '6-10', '10-20' or '>20': the equivalent diameter in millimetres. `pixel_mm`: the side of a pixel."""
    diameter = equivalent_diameter_px(area_px) * pixel_mm
    if diameter < SIZE_CLASSES_MM[0]:
        return "<6"
    if diameter < SIZE_CLASSES_MM[1]:
        return "6-10"
    return "10-20" if diameter < SIZE_CLASSES_MM[2] else ">20"


@dataclass(frozen=True)
class Overlap:
    """`shared[t, p]`: pixels that true component t and predicted component p share; 0 is background in both."""

    shared: np.ndarray

    @staticmethod
    def of(predicted: np.ndarray, truth: np.ndarray) -> "Overlap":
        """Of two boolean masks of one shape."""
        true_count, true_labels = components(truth)
        count, labels = components(predicted)
        pairs = true_labels.ravel() * (count + 1) + labels.ravel()
        shared = np.bincount(pairs, minlength=(true_count + 1) * (count + 1))
        return Overlap(shared.reshape(true_count + 1, count + 1))

    def without_small(self, smallest_px: int) -> "Overlap":
        """As if predicted components of fewer pixels had not been marked."""
        kept = self.shared.sum(0) >= smallest_px
        kept[0] = True
        shared = self.shared[:, kept]
        shared[:, 0] += self.shared[:, ~kept].sum(1)
        return Overlap(shared)

    def counts(self) -> tuple[int, int, int]:
        """(tp, fp, fn) in pixels."""
        tp = int(self.shared[1:, 1:].sum())
        return tp, int(self.shared[0, 1:].sum()), int(self.shared[1:, 0].sum())

    def lesions(self) -> list[tuple[int, bool]]:
        """(area in pixels, found) of each true lesion; found if its `ious` exceeds 0.1."""
        return list(zip(self.shared.sum(1)[1:].tolist(), (self.ious() > IOU_FOUND).tolist(), strict=True))

    def ious(self) -> np.ndarray:
        """Of each true lesion: intersection over union with the union of the predicted components that touch it."""
        areas, marks = self.shared.sum(1)[1:], self.shared.sum(0)[1:]
        inner = self.shared[1:, 1:]
        return inner.sum(1) / (areas + ((inner > 0) * (marks - inner)).sum(1))

    def detections(self) -> list[tuple[int, bool]]:
        """(area in pixels, touching) of each predicted component.

        Touching if it shares a pixel with a true lesion; one that shares none is a false positive. No overlap is asked
        for: an islet of a lesion that is found is no alarm about something else.
        """
        areas, touching = self.shared.sum(0)[1:], self.shared[1:, 1:].any(0)
        return list(zip(areas.tolist(), touching.tolist(), strict=True))


def found_lesions(predicted: np.ndarray, truth: np.ndarray) -> list[tuple[int, bool]]:
    """(area in pixels, found) of each true lesion: see `Overlap.lesions`."""
    return Overlap.of(predicted, truth).lesions()
