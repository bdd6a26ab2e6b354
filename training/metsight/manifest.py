"""`manifest.json` of a model folder, as `src/models/manifest.ts` declares it."""

import dataclasses
import datetime
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from metsight.check_slice import check_answer
from metsight.config import Config, config_to_dict
from metsight.graph import PROBABILITY, Graph
from metsight.graph_model import MODEL_FILE, WEIGHTS_FILE
from metsight.preprocess import RECIPE
from metsight.provenance import data_set, notice, trained_on

DEFAULT_THRESHOLD = {"value": 0.5, "chosenOn": "nothing: the default of a network trained with binary cross-entropy"}


@dataclass(frozen=True)
class Results:
    """What was measured of exactly these weights; None where it was not.

    `stress`: of synthetic lesions. `test`: `metsight evaluate --split test --json` of them, once.
    """

    thresholds: dict[str, Any] | None
    validation: dict[str, Any] | None
    parity: dict[str, Any] | None
    calibration: dict[str, Any] | None = None
    stress: dict[str, Any] | None = None
    test: dict[str, Any] | None = None

    @staticmethod
    def read(folder: Path | None, weights_sha256: str, flips: Sequence[str] = ()) -> "Results":
        """Files of `folder` on other weights or flips are left out, and evaluations by earlier definitions."""

        def of_these_weights(name: str) -> dict[str, Any] | None:
            path = folder / name if folder else None
            if path is None or not path.exists():
                return None
            measured = json.loads(path.read_text(encoding="utf-8"))
            model = measured["model"]
            if model["sha256"] != weights_sha256 or model.get("flips", []) != list(flips):
                return None
            # They had sizes in pixels and counted islets of found lesions as false positives.
            if "splits" in measured and "sizeClasses" not in measured:
                print(f"{path}: left out, its figures are by earlier definitions. Evaluate these weights again.")
                return None
            return measured

        return Results(*(of_these_weights(f"{field.name}.json") for field in dataclasses.fields(Results)))


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def make_manifest(
    graph: Graph,
    config: Config,
    state: dict[str, Any],
    trained: datetime.date,
    folder: Path,
    results: Results,
    flips: Sequence[str] = (),
) -> dict[str, Any]:
    """Of a folder in which model.json and weights.bin lie."""
    names = tuple(source.name for source in config.sources)
    thresholds = results.thresholds
    return {
        "schemaVersion": 1,
        "id": config.id,
        "architecture": config.architecture,
        "sequence": config.sequence,
        "outputs": {"probability": PROBABILITY, "heads": list(graph.heads), "attention": list(graph.attention)},
        **({"flips": list(flips)} if flips else {}),
        "preprocess": RECIPE,
        "threshold": DEFAULT_THRESHOLD
        if thresholds is None
        else {"value": thresholds["chosen"]["threshold"], "chosenOn": thresholds["chosenOn"]},
        "minLesionPx": 0 if thresholds is None else thresholds["chosen"]["minSize"],
        **({} if results.calibration is None else {"calibration": results.calibration["calibration"]}),
        **({} if thresholds is None else {"froc": froc(thresholds), "frocOver": thresholds["frocOver"]}),
        "files": [
            {"path": name, "bytes": (folder / name).stat().st_size, "sha256": sha256(folder / name)}
            for name in (MODEL_FILE, WEIGHTS_FILE)
        ],
        "check": check_answer(folder, graph.size, flips),
        "parity": [] if results.parity is None else results.parity["parity"],
        "provenance": {
            "date": trained.isoformat(),
            "commit": state["commit"],
            "dataSets": [
                {"name": known.name, "about": known.about, "licence": known.licence}
                | ({"citation": known.citation} if known.citation else {})
                for known in (data_set(name) for name in names)
            ],
            "splitSha256": state["split_sha256"],
            "trainedOn": trained_on(names, config.sequence),
            "notice": notice(names),
            "training": training(config, state),
        },
        "metrics": [entry for report in (results.test, results.validation) if report for entry in metrics(report)],
    }


def training(config: Config, state: dict[str, Any]) -> dict[str, Any]:
    """What the run was given beside its data: all settings, seed included, and the weights it started from."""
    start = started_from(state)
    return {"config": config_to_dict(config), **({"startedFrom": start} if start else {})}


def started_from(state: dict[str, Any]) -> dict[str, str] | None:
    """`run`: the folder's name; `sha256`: of its averaged network (`checkpoint.network_sha256`), if it was kept."""
    start = state.get("started_from")
    return {"run": start} if isinstance(start, str) else start


def froc(thresholds: dict[str, Any]) -> list[dict[str, float]]:
    """The sweep's rows at the chosen smallest lesion; empty where the validation slices hold no lesion."""
    rows = [row for row in thresholds["rows"] if row["minSize"] == thresholds["chosen"]["minSize"]]
    names = ("threshold", "sensitivity", "falsePositivesPerSlice")
    return [{name: row[name] for name in names} for row in rows if row.get("sensitivity") is not None]


def metrics(evaluation: dict[str, Any]) -> list[dict[str, Any]]:
    """An evaluation's figures as a list, each with its n and its 95 % interval; those over nothing are left out."""
    listed = []
    for figures in evaluation["splits"]:
        where = f"{figures['set']}, {figures['split']} patients"
        for name, value, n, what, bounds in _candidates(figures):
            if n > 0 and value is not None:
                entry = {"name": name, "value": value, "n": n, "over": f"{where}, {what}"}
                listed.append(entry if bounds is None else {**entry, "interval": bounds})
    return listed


def _candidates(figures: dict[str, Any]) -> list[tuple[str, float | None, int, str, list[float] | None]]:
    """(name, value, n, over what, its interval)"""
    intervals = figures["intervals"] or {}
    slices, patients, free = figures["sliceDice"], figures["patientDice"], figures["tumourFree"]
    lesions, marks = figures["lesionSensitivity"]["all"], figures["lesionPrecision"]["all"]
    found, touching = lesions["found"] / max(lesions["n"], 1), marks["touching"] / max(marks["n"], 1)
    both, px, mm = "slices where truth and prediction hold a lesion", figures["hd95"]["px"], figures["hd95"]["mm"]
    hd95_n, calibration = figures["hd95"]["n"], figures["calibration"]
    without = "slices without a lesion" if lesions["n"] else "tumour-free slices"
    marked = "marked components" if lesions["n"] else "marked components, all false: these slices have no lesion"

    def bounds(name: str) -> list[float] | None:
        return intervals.get(name)

    return [
        ("mean slice Dice", slices["mean"], slices["n"], "slices with a lesion", bounds("sliceDiceMean")),
        ("median slice Dice", slices["median"], slices["n"], "slices with a lesion", bounds("sliceDiceMedian")),
        (
            "mean pooled Dice a patient",
            patients["mean"] if lesions["n"] else None,
            patients["n"],
            "patients with a lesion or a prediction",
            bounds("patientDiceMean"),
        ),
        ("share with a false positive", free["share"], free["n"], without, bounds("tumourFreeShare")),
        (
            "false positives a slice",
            free["falsePositivesPerSlice"],
            free["n"],
            without,
            bounds("falsePositivesPerTumourFreeSlice"),
        ),
        (
            "share of lesions found (IoU above 0.1)",
            found,
            lesions["n"],
            "lesions, counted a slice",
            bounds("lesionSensitivity"),
        ),
        ("share of marks that touch a lesion", touching, marks["n"], marked, bounds("lesionPrecision")),
        ("lesion F1", figures["lesionF1"]["all"], lesions["n"], "lesions, counted a slice", bounds("lesionF1")),
        ("median HD95 in px", px["median"], hd95_n, both, px["medianInterval"]),
        ("median HD95 in mm", mm["median"], hd95_n, both, mm["medianInterval"]),
        (
            "expected calibration error",
            calibration["after"]["ece"],
            calibration["after"]["n"],
            calibration["over"],
            calibration["eceInterval"],
        ),
    ]
