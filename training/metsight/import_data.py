"""python -m metsight.import_data <kind> --from <original> --to <folder>: a public original → a data set folder.

Kinds: cheng, kaggle-flair, kaggle-t1post, brats-t1c, brats-t2f, pairs. Writes index.csv, images/ and masks/ as
`metsight.data` reads them. Splits are by patient, from a hash of the patient's name and the seed: the same patient is
on the same side in every import of one seed, whoever else is there. Fails where slices of different sides show the
same (`metsight.leaks`), and keeps what was read: the same command with --join-duplicates goes on there, and puts such
patients on one side.
"""

import argparse
import csv
import hashlib
import json
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from tqdm import tqdm

from metsight.data import SPLITS
from metsight.importers.brats import read_brats
from metsight.importers.cheng import read_cheng
from metsight.importers.found_slice import FoundSlice, ImportFailure
from metsight.importers.kaggle import read_kaggle_flair, read_kaggle_t1post
from metsight.importers.pairs import read_pairs
from metsight.leaks import Owner, Pair, Prints, find_pairs, report

#: Lossless.
WEBP = [cv2.IMWRITE_WEBP_QUALITY, 101]
#: In an unfinished folder: all slices are there, their sides are not drawn.
READ = "read.json"
ONE_BIT = [cv2.IMWRITE_PNG_BILEVEL, 1]

READERS: dict[str, Callable[[argparse.Namespace], Iterator[FoundSlice]]] = {
    "cheng": lambda args: read_cheng(args.source),
    "kaggle-flair": lambda args: read_kaggle_flair(args.source),
    "kaggle-t1post": lambda args: read_kaggle_t1post(args.source),
    "brats-t1c": lambda args: read_brats(args.source, "t1c", args.labels),
    "brats-t2f": lambda args: read_brats(args.source, "t2f", args.labels),
    "pairs": lambda args: read_pairs(args.source, args.masks, args.patients, absent_is_empty=args.absent_mask_is_empty),
}


@dataclass(frozen=True)
class Splitting:
    """Shares of patients, not of slices; what is neither is trained on."""

    val: float
    test: float
    seed: int
    #: Of the training patients' tumour-free slices, every how manieth is kept; the others' are all kept. A patient that
    #: is joined to others counts by the side of its own name.
    keep_every_free: int = 1
    joins_duplicates: bool = False

    def side(self, patient: str) -> str:
        digest = hashlib.sha256(f"{self.seed}:{patient}".encode()).digest()
        at = int.from_bytes(digest[:8], "big") / 2**64
        return "test" if at < self.test else "val" if at < self.test + self.val else "train"


def main() -> None:
    args = parse_arguments()
    splitting = Splitting(args.val, args.test, args.seed, args.keep_every_free, args.join_duplicates)
    try:
        text = write_data_set(READERS[args.kind](args), args.to, splitting, asked(args))
    except ImportFailure as failure:
        sys.exit(str(failure))
    print(text)


def asked(args: argparse.Namespace) -> str:
    """All that decides what is read."""
    others = ("to", "join_duplicates")
    return json.dumps({name: str(value) for name, value in sorted(vars(args).items()) if name not in others})


def parse_arguments(words: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kind", choices=READERS)
    parser.add_argument("--from", dest="source", type=Path, required=True, help="the original; of pairs, the images")
    parser.add_argument("--to", type=Path, required=True, help="the data set's folder, which must not exist yet")
    parser.add_argument("--val", type=float, default=0.15, help="share of patients to validate on")
    parser.add_argument("--test", type=float, default=0.15, help="share of patients to keep closed for the end")
    parser.add_argument("--seed", type=int, default=1, help="of the split")
    parser.add_argument("--join-duplicates", action="store_true", help="patients that share slices are one patient")
    parser.add_argument("--keep-every-free", type=int, default=1, help="thins training patients' tumour-free slices")
    parser.add_argument("--labels", type=int, nargs="+", help="brats: which labels are lesion")
    parser.add_argument("--masks", type=Path, help="pairs: folder of masks; without it no slice has a lesion")
    parser.add_argument("--patients", type=Path, help="pairs: CSV with id and patient")
    parser.add_argument("--absent-mask-is-empty", action="store_true", help="pairs: no mask file means no lesion")
    args = parser.parse_args(words)
    if not args.source.is_dir():
        parser.error(f"--from {args.source} is not a folder")
    if args.val < 0 or args.test < 0 or args.val + args.test >= 1 or args.keep_every_free < 1:
        parser.error("--val and --test are shares that leave something to train on; --keep-every-free is at least 1")
    if args.kind == "pairs" and args.patients is None:
        parser.error("pairs needs --patients")
    return args


def write_data_set(found: Iterable[FoundSlice], to: Path, splitting: Splitting, asked: str = "") -> str:
    """What was written, in words. Whole or not at all; `asked`: what was read for the same words is not read again."""
    if to.exists():
        raise ImportFailure(f"{to} exists already.")
    unfinished = to.with_name(f"{to.name}.unfinished")
    rows, prints = read_before(unfinished, asked) or read(found, unfinished, splitting, asked)
    if not rows:
        shutil.rmtree(unfinished)
        raise ImportFailure("Nothing of that kind is there.")
    text, has_leak = draw_sides(rows, prints, splitting)
    if has_leak:
        raise ImportFailure(
            f"{text}\nNo data set was written; what was read is kept in {unfinished}. If these are the same patients, "
            "give the same command with --join-duplicates: it goes on there."
        )
    write_index(unfinished, rows)
    (unfinished / READ).unlink()
    unfinished.rename(to)
    return f"{to}: {text}\n{counts(rows)}"


Rows = list[dict[str, str]]


def read(found: Iterable[FoundSlice], folder: Path, splitting: Splitting, asked: str) -> tuple[Rows, Prints]:
    """Writes the slices that are kept. A failure leaves nothing."""
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "images").mkdir(parents=True)
    rows: Rows = []
    prints, seen, free = Prints(), set(), 0
    try:
        for slice_ in tqdm(found, unit="slice", desc="reading"):
            if slice_.id in seen:
                raise ImportFailure(f"Two slices are called {slice_.id}.")
            seen.add(slice_.id)
            side = slice_.columns.get("split") or splitting.side(slice_.patient)
            if side not in SPLITS:
                raise ImportFailure(f"{slice_.id}: split must be one of {', '.join(SPLITS)}; received {side!r}.")
            if side == "train" and not slice_.mask.any():
                free += 1
                if (free - 1) % splitting.keep_every_free:
                    continue
            write_slice(folder, slice_)
            prints.add(slice_.image)
            rows.append(
                {"id": slice_.id, "patient": slice_.patient, **slice_.columns, "mask_px": str(int(slice_.mask.sum()))}
            )
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    (folder / READ).write_text(json.dumps({"asked": asked, "rows": rows}), encoding="utf-8")
    return rows, prints


def read_before(folder: Path, asked: str) -> tuple[Rows, Prints] | None:
    """What an import that found leaks has kept."""
    if not (folder / READ).exists():
        return None
    kept = json.loads((folder / READ).read_text(encoding="utf-8"))
    if kept["asked"] != asked:
        return None
    prints = Prints()
    for row in tqdm(kept["rows"], unit="slice", desc="as read before"):
        image = cv2.imread(str(folder / "images" / f"{row['id']}.webp"), cv2.IMREAD_GRAYSCALE)
        if image is None:
            return None
        prints.add(image)
    return kept["rows"], prints


def draw_sides(rows: Rows, prints: Prints, splitting: Splitting) -> tuple[str, bool]:
    """Gives each row its split; the leaks in words, and whether anything crosses a split."""
    pairs = find_pairs(prints, [row["patient"] for row in rows])
    if splitting.joins_duplicates:
        for row, group in zip(rows, join([row["patient"] for row in rows], pairs), strict=True):
            row["patient_group"] = group
    for row in rows:
        row["split"] = row.get("split") or splitting.side(row.get("patient_group") or row["patient"])
    return report([Owner(row["id"], row.get("patient_group") or row["patient"], row["split"]) for row in rows], pairs)


def write_slice(folder: Path, slice_: FoundSlice) -> None:
    written = cv2.imwrite(str(folder / "images" / f"{slice_.id}.webp"), slice_.image, WEBP)
    if slice_.mask.any():
        (folder / "masks").mkdir(exist_ok=True)
        written &= cv2.imwrite(str(folder / "masks" / f"{slice_.id}.png"), 255 * slice_.mask.astype(np.uint8), ONE_BIT)
    if not written:
        raise ImportFailure(f"{slice_.id} could not be written to {folder}.")


def join(patients: Sequence[str], pairs: Sequence[Pair]) -> list[str]:
    """The group of each slice's patient: patients that share slices have the name of the first of them."""
    leader: dict[str, str] = {}

    def first(patient: str) -> str:
        while leader.get(patient, patient) != patient:
            patient = leader[patient]
        return patient

    for pair in pairs:
        one, other = sorted((first(patients[pair.first]), first(patients[pair.second])))
        leader[other] = one
    return [first(patient) for patient in patients]


def write_index(folder: Path, rows: Sequence[dict[str, str]]) -> None:
    names = list(dict.fromkeys(name for row in rows for name in row))
    with (folder / "index.csv").open("w", newline="", encoding="utf-8") as file:
        index = csv.DictWriter(file, names, restval="", lineterminator="\n")
        index.writeheader()
        index.writerows(rows)


def counts(rows: Sequence[dict[str, str]]) -> str:
    lines = []
    for split in SPLITS:
        own = [row for row in rows if row["split"] == split]
        patients = {row.get("patient_group") or row["patient"] for row in own}
        with_lesion = sum(row["mask_px"] != "0" for row in own)
        lines.append(f"  {split}: {len(own)} slices, {with_lesion} with a lesion, of {len(patients)} patients")
        if not own:
            lines[-1] += ": nobody. With few patients try another --seed or larger shares."
    return "\n".join(lines)


if __name__ == "__main__":
    main()
