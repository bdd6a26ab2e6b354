"""`manifest.json` of a model folder, as `src/models/manifest.ts` declares it."""

import datetime
import hashlib
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from metsight.config import Config
from metsight.graph import PROBABILITY, Graph
from metsight.graph_model import MODEL_FILE, WEIGHTS_FILE
from metsight.preprocess import RECIPE
from metsight.provenance import data_set, notice, trained_on

DEFAULT_THRESHOLD = {"value": 0.5, "chosenOn": "nothing: the default of a network trained with binary cross-entropy"}


@dataclass(frozen=True)
class Results:
    """What was measured of exactly these weights; None where it was not."""

    thresholds: dict[str, Any] | None
    validation: dict[str, Any] | None
    parity: dict[str, Any] | None

    @staticmethod
    def read(folder: Path | None, weights_sha256: str) -> "Results":
        """Files of `folder` that speak of other weights are left out."""

        def of_these_weights(name: str) -> dict[str, Any] | None:
            path = folder / name if folder else None
            if path is None or not path.exists():
                return None
            measured = json.loads(path.read_text(encoding="utf-8"))
            return measured if measured["model"]["sha256"] == weights_sha256 else None

        return Results(*(of_these_weights(f"{name}.json") for name in ("thresholds", "validation", "parity")))


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def make_manifest(
    graph: Graph, config: Config, state: dict[str, Any], trained: datetime.date, folder: Path, results: Results
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
        "preprocess": RECIPE,
        "threshold": DEFAULT_THRESHOLD
        if thresholds is None
        else {"value": thresholds["chosen"]["threshold"], "chosenOn": thresholds["chosenOn"]},
        "minLesionPx": 0 if thresholds is None else thresholds["chosen"]["minSize"],
        "files": [
            {"path": name, "bytes": (folder / name).stat().st_size, "sha256": sha256(folder / name)}
            for name in (MODEL_FILE, WEIGHTS_FILE)
        ],
        "parity": [] if results.parity is None else results.parity["parity"],
        "provenance": {
            "date": trained.isoformat(),
            "commit": state["commit"],
            "dataSets": [
                {"name": known.name, "about": known.about, "licence": known.licence}
                for known in (data_set(name) for name in names)
            ],
            "splitSha256": state["split_sha256"],
            "trainedOn": trained_on(names, config.sequence),
            "notice": notice(names),
        },
        "metrics": [] if results.validation is None else metrics(results.validation),
    }


def metrics(evaluation: dict[str, Any]) -> list[dict[str, Any]]:
    """An evaluation's figures as a list, each with its n; those over nothing are left out."""
    listed = []
    for figures in evaluation["splits"]:
        where = f"{figures['set']}, {figures['split']} patients"
        slices, patients, free = figures["sliceDice"], figures["patientDice"], figures["tumourFree"]
        lesions = figures["lesionSensitivity"]["all"]
        candidates = [
            ("mean slice Dice", slices["mean"], slices["n"], "slices with a lesion"),
            ("median slice Dice", slices["median"], slices["n"], "slices with a lesion"),
            ("mean pooled Dice a patient", patients["mean"], patients["n"], "patients with a lesion or a prediction"),
            ("share with a false positive", free["share"], free["n"], "tumour-free slices"),
            (
                "share of lesions found (IoU above 0.1)",
                lesions["found"] / max(lesions["n"], 1),
                lesions["n"],
                "lesions, counted a slice",
            ),
        ]
        listed += [
            {"name": name, "value": value, "n": n, "over": f"{where}, {what}"}
            for name, value, n, what in candidates
            if n > 0
        ]
    return listed
