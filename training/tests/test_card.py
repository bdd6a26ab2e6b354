"""What the card says of figures: groups without a lesion, intervals, and the worst slices."""

from dataclasses import replace
from pathlib import Path

import numpy as np

from metsight.card_figures import figures, weaknesses
from metsight.data import Slice
from metsight.figures import split_figures
from metsight.manifest import Results, metrics
from metsight.subject import Seen
from metsight.worst import worst_slices


def seen_slice(id_: str, patient: str, lesion: slice | None, marked: slice | None, **facets: str) -> Seen:
    """256 × 256 pixels of 1 mm; lesion and mark are rows of columns 100 to 120."""
    truth, probability = np.zeros((256, 256), bool), np.zeros((256, 256), np.float32)
    if lesion is not None:
        truth[lesion, 100:120] = True
    if marked is not None:
        probability[marked, 100:120] = 0.9
    return Seen(Slice("main", id_, patient, "val", Path(), None, facets, 1.0), probability, truth)


SEEN = [
    seen_slice("hit", "A", slice(50, 70), slice(50, 70), label="glioma"),
    seen_slice("lost", "B", slice(50, 60), None, view="axial", label="glioma"),
    seen_slice("lost-larger", "C", slice(50, 70), None, label="pituitary"),
    seen_slice("lost-again", "C", slice(50, 69), None, label="pituitary"),
    seen_slice("beside", "D", slice(50, 60), slice(150, 160), label="glioma"),
    seen_slice("half", "E", slice(50, 70), slice(50, 55), label="glioma"),
    seen_slice("flooded", "F", slice(50, 60), slice(40, 200), label="glioma"),
    seen_slice("free", "G", None, None, site="HT"),
    seen_slice("touched", "H", None, slice(50, 60), site="CS"),
]


def evaluation(seen: list[Seen] = SEEN) -> dict:
    rule = {"threshold": 0.5, "smallest": lambda truth: 1}
    return {
        "model": {"id": "m", "sha256": ""},
        "sizeClasses": {"unit": "mm"},
        "splits": [split_figures("main", "val", seen, **rule, temperature=1.0)],
        "worst": {"set": "main", **worst_slices(seen, **rule)},
    }


def test_the_worst_slices_are_one_a_patient_and_the_larger_lesion_first():
    worst = evaluation()["worst"]
    assert (worst["n"], worst["outcomes"]) == (7, {"missed": 3, "elsewhere": 1})
    assert [(own["id"], own["outcome"]) for own in worst["slices"]] == [
        ("lost-larger", "missed"),
        ("beside", "elsewhere"),
        ("lost", "missed"),
        ("flooded", "partly"),
        ("half", "partly"),
    ]
    assert worst["slices"][0] == {
        "id": "lost-larger", "facets": {"label": "pituitary"}, "lesions": 1, "diameterMm": 22.6, "dice": 0.0,
        "covered": 0.0, "beside": 0.0, "marks": 0, "outcome": "missed",
    }  # fmt: skip


def test_the_card_says_what_happened_to_them():
    sentences = weaknesses(evaluation())
    assert sentences[-6].startswith(
        "`main`, val patients: of 7 slices with a lesion 3 are left without any mark and 1 are marked only beside"
    )
    assert (
        sentences[-3]
        == "Slice `lost` (axial, glioma, a lesion 16.0 mm across): missed whole, nothing is marked; Dice 0.00."
    )
    assert "a lesion 16.0 mm across): missed whole, 1 marked elsewhere" in sentences[-4]
    assert "100% of the lesion's pixels are marked, and 1500% as many beside; Dice 0.12" in sentences[-2]
    assert "25% of the lesion's pixels are marked, and 0% as many beside; Dice 0.40" in sentences[-1]
    assert "`main`, val patients: something is marked on 1 of 2 slices without a lesion (50.0%)." in sentences


def test_a_group_without_a_lesion_has_no_mean_patient_dice():
    manifest = {"threshold": {"value": 0.5, "chosenOn": "nothing"}, "minLesionPx": 0}
    card = figures(manifest, Results(None, evaluation(), None))
    assert "| main | site CS | – | 0 | – | 0 | 0 of 0 | 1 of 1 |" in card
    assert "| main | label pituitary | 0.000 | 2 | 0.000 | 1 | 0 of 2 | 0 of 0 |" in card


def test_a_figure_of_four_patients_has_no_interval_and_marks_are_said_to_touch():
    card = figures(
        {"threshold": {"value": 0.5, "chosenOn": "nothing"}, "minLesionPx": 0}, Results(None, evaluation(), None)
    )
    assert "| share of marks that touch a lesion | 0.600 | " in card
    assert "| share with a false positive | 0.500 | – | 2 |" in card, "of two patients"
    assert "| main, marks touching a lesion |" in card
    named = {entry["name"]: entry for entry in metrics(evaluation())}
    assert len(named["mean slice Dice"]["interval"]) == 2
    assert "interval" not in named["median HD95 in mm"], "four patients have both"
    more = [*SEEN, *(replace(SEEN[5], slice=replace(SEEN[5].slice, id=n, patient=n)) for n in "IJ")]
    named = {entry["name"]: entry for entry in metrics(evaluation(more))}
    assert all(len(named[name]["interval"]) == 2 for name in ("median HD95 in mm", "expected calibration error"))
