"""The card's facts that the manifest carries as data too, for the page: `src/models/measured.ts` declares them."""

from collections.abc import Sequence
from typing import Any

from metsight.card_figures import weaknesses
from metsight.manifest import Results
from metsight.provenance import hold_no_metastasis, is_known
from metsight.scores import CLASSES


def card_facts(manifest: dict[str, Any], state: dict[str, Any], results: Results) -> dict[str, Any]:
    """What was not measured is left out."""
    curve, sizes = learning_curve(state["history"]), lesions_by_size(results.validation)
    return {
        **({"lesionsBySize": sizes} if sizes else {}),
        **({"learningCurve": curve} if curve else {}),
        "limits": limits(manifest, results),
    }


def lesions_by_size(validation: dict[str, Any] | None) -> list[dict[str, Any]]:
    """Of each set with lesions."""
    return [
        {
            "over": f"{s['set']}, {s['split']} patients",
            "classes": [{"diameterMm": name, **s["lesionSensitivity"][name]} for name in CLASSES],
        }
        for s in (validation["splits"] if validation else ())
        if s["lesionSensitivity"]["all"]["n"]
    ]


def learning_curve(history: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """One point an epoch; epochs whose validation is undefined are left out."""
    return [
        {
            "step": row["step"],
            "size": row["size"],
            "loss": row["loss"],
            "validationDice": row["validation_dice"],
            "n": row["validation_n"],
        }
        for row in history
        if row["validation_dice"] == row["validation_dice"]
    ]


def limits(manifest: dict[str, Any], results: Results) -> dict[str, list[str]]:
    """In whole sentences: where the network fails, and what it must not be used for."""
    calibrated = "Probabilities are not calibrated."
    if "calibration" in manifest:
        calibrated = "Probabilities are calibrated near the boundaries of lesions of the kind it was trained on only."
        background = manifest["calibration"]["tumourFreeMedian"]
        if background is not None:
            calibrated += " Elsewhere they say too much: "
            calibrated += f"{background:.3f} in the median pixel of heads in slices without a lesion."
    trained_on = manifest["provenance"]["trainedOn"]
    names = [stated["name"] for stated in manifest["provenance"]["dataSets"]]
    if hold_no_metastasis(names):
        trained_on += " Its figures are not figures of metastasis segmentation."
    return {
        "notFor": [
            "Not for diagnosis, treatment planning, or any decision about a patient; not as a second reader.",
            trained_on,
        ],
        "failsWhere": [
            *(weaknesses(results.test) if results.test else ()),
            *(weaknesses(results.validation) if results.validation else ()),
            _one_slice_at_a_time(manifest["sequence"]),
            _outside(manifest["sequence"], names),
            calibrated,
        ],
    }


def _one_slice_at_a_time(sequence: str) -> str:
    enhancing = "vessels, plexus, pituitary, dura and other normally enhancing structures"
    what = enhancing if sequence == "t1ce" else "what is bright and no lesion"
    return (
        f"It sees one slice at a time: {what} may be marked, and the shares of slices without a lesion above say how "
        "often."
    )


def _outside(sequence: str, names: Sequence[str]) -> str:
    others = "Other sequences, images without contrast agent" if sequence == "t1ce" else "Other sequences"
    known = all(map(is_known, names))
    unseen = "cropped heads, resections and children" if known else "and whatever its data sets do not show"
    return f"{others}, {unseen} are outside of what it has seen; an empty mask there means nothing."
