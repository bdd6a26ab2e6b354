"""python -m metsight.export --checkpoint <file> --out public/models: a run's averaged weights → a model folder.

Writes <out>/<id>/{model.json, weights.bin, manifest.json, card.md}. Figures come from --results (`thresholds.json`,
`validation.json`, `parity.json`, `stress.json`), as far as they are of these very weights, and so do the temperature
(`calibration.json`), by which the heads are divided if it was fitted for this network, and the flips it was fitted
with.
"""

import argparse
import datetime
import json
from pathlib import Path
from typing import Any

import torch

from metsight.card import make_card
from metsight.card_facts import card_facts
from metsight.checkpoint import load_network, network_sha256
from metsight.flips import known_flips
from metsight.graph import PROBABILITY, build_graph, exported_network
from metsight.graph_model import WEIGHTS_FILE, GraphModel, write_graph_model
from metsight.manifest import Results, make_manifest, sha256
from metsight.preprocess import INPUT_SIZE

#: The written graph and the network it was traced from run the same float32 operations.
LARGEST_DIFFERENCE = 1e-5


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--checkpoint", type=Path, required=True, help="a run's last.pt")
    parser.add_argument("--out", type=Path, required=True, help="folder of models, such as public/models")
    parser.add_argument("--results", type=Path, help="folder of what metsight.ship measured")
    args = parser.parse_args()
    folder = export(args.checkpoint, args.out, args.results)
    print(f"wrote {folder}")


def export(checkpoint: Path, models: Path, results_folder: Path | None) -> Path:
    """The folder written."""
    network, config, state = load_network(checkpoint)
    temperature, flips = fitted_for(results_folder, network_sha256(network))
    exported = exported_network(network, temperature)
    graph = build_graph(exported, INPUT_SIZE)
    folder = models / config.id
    write_graph_model(graph, folder)
    check(folder, exported)

    results = Results.read(results_folder, sha256(folder / WEIGHTS_FILE), flips)
    manifest = make_manifest(graph, config, state, ended(checkpoint, state), folder, results, flips)
    manifest |= card_facts(manifest, state, results)
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    (folder / "card.md").write_text(make_card(manifest, config, state, results), encoding="utf-8")
    return folder


def ended(checkpoint: Path, state: dict[str, Any]) -> datetime.date:
    """The day training ended; of an unfinished run, or one older than that entry, when its file was written."""
    if state.get("ended"):
        return datetime.date.fromisoformat(state["ended"])
    return datetime.datetime.fromtimestamp(checkpoint.stat().st_mtime, datetime.UTC).date()


def fitted_for(results_folder: Path | None, trained_sha256: str) -> tuple[float, tuple[str, ...]]:
    """Temperature for the network of this fingerprint, and the flips it was fitted with; 1 and () where nothing was."""
    path = results_folder / "calibration.json" if results_folder else None
    if path is None or not path.exists():
        return 1.0, ()
    fitted = json.loads(path.read_text(encoding="utf-8"))
    if fitted["fittedFor"] != trained_sha256:
        return 1.0, ()
    return fitted["calibration"]["temperature"], known_flips(fitted["model"].get("flips", ()))


@torch.no_grad()
def check(folder: Path, exported: torch.nn.Module) -> None:
    """The files as written must give what the network gives."""
    image = torch.rand(1, 1, INPUT_SIZE, INPUT_SIZE, generator=torch.Generator().manual_seed(1))
    wanted = torch.sigmoid(exported(image)[-1])
    difference = (GraphModel(folder)(image)[PROBABILITY] - wanted).abs().max().item()
    if not difference <= LARGEST_DIFFERENCE:
        raise SystemExit(f"{folder}: the written graph differs from the network by {difference:.2g}")


if __name__ == "__main__":
    main()
