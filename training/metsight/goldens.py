"""python -m metsight.goldens --model public/models/<id> [--out training/golden]: what a model answers on drawn heads.

Writes <out>/<id>/: see training/golden/README.md. No patient data: `phantom` draws the heads.
"""

import argparse
import gzip
import json
from pathlib import Path

import numpy as np
import torch

from metsight.flips import known_flips, mean_over_flips
from metsight.graph_model import WEIGHTS_FILE, GraphModel
from metsight.manifest import sha256
from metsight.phantom import draw_head
from metsight.preprocess import equalize, place

GOLDEN = Path(__file__).parent.parent / "golden"
#: (seed, radii of the lesions in pixels)
HEADS = ((1, (14.0, 6.0)), (2, (22.0,)), (3, ()))
LEVELS = 65535


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--out", type=Path, default=GOLDEN)
    args = parser.parse_args()
    print(f"wrote {write_goldens(args.model, args.out)}")


def write_goldens(model: Path, golden: Path) -> Path:
    network = GraphModel(model)
    names = [node["name"] for node in network.nodes if node["op"] != "Const"]
    manifest = json.loads((model / "manifest.json").read_text(encoding="utf-8"))
    answer = manifest["outputs"]["probability"]
    run = mean_over_flips(lambda images: network(images, [answer])[answer], known_flips(manifest.get("flips", ())))
    folder = golden / manifest["id"]
    folder.mkdir(parents=True, exist_ok=True)
    slices = []
    for seed, radii in HEADS:
        picture = equalize(place(draw_head(seed, lesion_radii=radii)[0]))
        image = torch.from_numpy(picture[None, None].astype(np.float32) / np.float32(255))
        outputs = network(image, names)
        probability = np.floor(run(image)[0, 0].numpy().astype(np.float64) * LEVELS + 0.5).astype("<u2")
        entry = {"input": f"head-{seed}.input.gz", "probability": f"head-{seed}.probability.gz"}
        _write_gzip(folder / entry["input"], picture.tobytes())
        _write_gzip(folder / entry["probability"], probability.tobytes())
        nodes = {name: _summary(outputs[name]) for name in names}
        slices.append({**entry, "seed": seed, "lesionRadiiPx": list(radii), "nodes": nodes})
    document = {
        "model": {"id": manifest["id"], "sha256": sha256(model / WEIGHTS_FILE)},
        "shape": [256, 256],
        "probabilityLevels": LEVELS,
        "tolerance": 1e-4,
        "slices": slices,
    }
    (folder / "golden.json").write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    return folder


def _summary(output: torch.Tensor) -> dict[str, float]:
    return {"max": float(f"{output.max():.7g}"), "mean": float(f"{output.double().mean():.7g}")}


def _write_gzip(path: Path, content: bytes) -> None:
    """No time stamp: the same content gives the same file."""
    path.write_bytes(gzip.compress(content, 9, mtime=0))


if __name__ == "__main__":
    main()
