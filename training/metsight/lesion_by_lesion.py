"""python -m metsight.lesion_by_lesion --model <folder> --data <set> --out <folder>: which lesions are found.

For sets too small for figures; two --model side by side. Prints a table in Markdown, a row a lesion and one a
tumour-free slice, and writes a picture a slice: its lesions outlined in white, each network's marks in a colour of its
own. The pictures hold the slices: they are for looking, and no more to be given away than the data set is.
"""

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path

import cv2
import numpy as np
import torch

from metsight.data import SPLITS, data_root, read_image
from metsight.evaluate import see
from metsight.metrics import IOU_FOUND, Overlap, equivalent_diameter_px
from metsight.postprocess import delineate
from metsight.subject import Seen, subject_from_model
from metsight.surface import outline

#: Pixels of a picture for one of the slice.
ENLARGED = 3
WHITE, ORANGE, BLUE = (255, 255, 255), (0, 159, 230), (233, 180, 86)  # BGR; Okabe and Ito's, told apart by all


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, action="append", required=True, help="once or twice")
    parser.add_argument("--data", help="the data set's folder (else METSIGHT_DATA)")
    parser.add_argument("--split", choices=SPLITS, default="val")
    parser.add_argument("--threads", type=int, default=0)
    parser.add_argument("--out", type=Path, required=True, help="folder of the pictures")
    args = parser.parse_args()
    if len(args.model) > 2:
        parser.error("--model is given once or twice")
    if args.threads:
        torch.set_num_threads(args.threads)
    subjects = [subject_from_model(folder) for folder in args.model]
    folder = data_root(args.data)
    if not (folder / "index.csv").exists():
        raise SystemExit(f"{folder} is no data set: it has no index.csv.")
    args.out.mkdir(parents=True, exist_ok=True)
    print(f"| slice | lesion | {' | '.join(subject.id for subject in subjects)} |\n{'|---' * (2 + len(subjects))}|")
    for same in zip(*(list(see(subject, folder, args.split)) for subject in subjects), strict=True):
        marks = [
            delineate(seen.probability, subject.threshold, subject.smallest(seen.truth))
            for subject, seen in zip(subjects, same, strict=True)
        ]
        for row in rows(same[0], marks):
            print(f"| {' | '.join(row)} |")
        drawn = picture(read_image(same[0].slice), same[0].truth, marks)
        if not cv2.imwrite(str(args.out / f"{same[0].slice.id}.png"), drawn):
            raise SystemExit(f"{args.out} cannot be written")


def rows(seen: Seen, marks: Sequence[np.ndarray]) -> Iterator[tuple[str, ...]]:
    """Cells of each true lesion: slice, equivalent diameter, and what each mask (boolean) makes of it."""
    overlaps = [Overlap.of(mask, seen.truth) for mask in marks]
    beside = [sum(not touching for _, touching in overlap.detections()) for overlap in overlaps]
    if not seen.truth.any():
        yield (seen.slice.id, "none", *(f"{count} marked" if count else "none marked" for count in beside))
    areas = [area for area, _ in overlaps[0].lesions()]
    for area, *ious in zip(areas, *(overlap.ious() for overlap in overlaps), strict=True):
        diameter = f"{equivalent_diameter_px(area) * seen.pixel_mm:.1f} mm"
        yield (seen.slice.id, diameter, *(f"{'found' if iou > IOU_FOUND else 'missed'}, IoU {iou:.2f}" for iou in ious))
    if seen.truth.any() and any(beside):
        yield (seen.slice.id, "beside lesions", *(f"{count} marked" for count in beside))


def picture(image: np.ndarray, truth: np.ndarray, marks: Sequence[np.ndarray]) -> np.ndarray:
    """(ENLARGED·rows, ENLARGED·cols, 3) uint8, BGR: the grey slice, outlines of its lesions and of each mask."""

    def enlarged(one: np.ndarray) -> np.ndarray:
        return cv2.resize(one, None, fx=ENLARGED, fy=ENLARGED, interpolation=cv2.INTER_NEAREST)

    drawn = cv2.cvtColor(enlarged(image), cv2.COLOR_GRAY2BGR)
    for mask, colour in zip((truth, *marks), (WHITE, ORANGE, BLUE), strict=False):
        drawn[outline(enlarged(mask.astype(np.uint8)) > 0)] = colour
    return drawn


if __name__ == "__main__":
    main()
