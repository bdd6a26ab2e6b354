"""The written files, run by PyTorch and by TensorFlow.js, against the network they were made of."""

import gzip
import json
import os
import shutil

import numpy as np
import pytest
import torch
from conftest import REPOSITORY, lively_network, named_heads
from torch import nn

from metsight import checkpoint, parity
from metsight.check_slice import draw_check_slice
from metsight.config import Config, Source, Stage, config_to_dict
from metsight.export import export
from metsight.goldens import GOLDEN, write_goldens
from metsight.graph import PROBABILITY, build_graph, exported_network
from metsight.graph_model import GraphModel
from metsight.manifest import metrics, sha256
from metsight.phantom import draw_head
from metsight.preprocess import preprocess
from metsight.provenance import notice, trained_on
from metsight.scores import SliceScore, summarize

OPERATIONS = {
    "Placeholder", "Const", "_FusedConv2D", "MaxPool", "ResizeBilinear", "ConcatV2", "AddV2", "Mul", "Relu", "Sigmoid",
}  # fmt: skip


@pytest.fixture(scope="module", params=[("nested-unet", 2), ("attention-unet", 2), ("attention-unet", 0)])
def shipped(request, tmp_path_factory):
    """(network, model folder) of a run of four steps, one epoch."""
    architecture, fine = request.param
    network = lively_network(architecture, fine)
    folder = tmp_path_factory.mktemp(architecture)
    sources = (Source("t1ce-primary", 0.7), Source("t1ce-glioma", 0.2), Source("t1post-negative", 0.1))
    stages = (Stage(size=128, batch=2, steps=4, lr=1e-3),)
    config = Config(architecture, "t1ce", sources, stages, ("t1ce-primary",), base=2, fine=fine)
    epoch = {"epoch": 1, "step": 4, "size": 128, "lr": 1e-3, "loss": 0.5, "validation_dice": 0.25, "validation_n": 9}
    state = {
        "config": config_to_dict(config), "commit": "c0ffee", "split_sha256": "ab" * 32, "step": 4, "seconds": 60.0,
        "ema": network.state_dict(), "history": [{**epoch, "minutes": 1.0}], "losses": [], "ended": "2026-02-03",
        "started_from": {"run": "earlier", "sha256": "cd" * 32}, "config_file": "small.toml",
    }  # fmt: skip
    checkpoint.save(folder / "last.pt", state)
    return network, export(folder / "last.pt", folder, None)


@pytest.fixture(scope="module")
def picture():
    return torch.from_numpy(preprocess(draw_head(5, lesion_radii=(15.0,))[0])[None, None])


def test_the_written_graph_gives_what_the_exported_network_gives(shipped, picture):
    network, folder = shipped
    with torch.no_grad():
        wanted = torch.sigmoid(exported_network(network)(picture)[-1])
    probability = GraphModel(folder)(picture)["probability"]
    assert (probability - wanted).abs().max() <= 1e-5
    assert probability.min() < 0.25
    assert probability.max() > 0.8


def test_folding_and_rounding_change_the_probabilities_little(shipped, picture):
    network, folder = shipped
    with torch.no_grad():
        wanted = torch.sigmoid(network(picture)[-1])
    difference = (GraphModel(folder)(picture)["probability"] - wanted).abs()
    assert difference.mean() < 3e-3
    assert difference.quantile(0.99) < 3e-2


def test_the_given_network_is_left_as_it_was(shipped):
    network, _ = shipped
    before = {name: value.clone() for name, value in network.state_dict().items()}
    exported_network(network)
    assert all(torch.equal(value, before[name]) for name, value in network.state_dict().items())


def test_nodes_are_the_blocks_and_gates_they_are_named_after(shipped, picture):
    network, folder = shipped
    blocks = [name for name, _ in network.named_children() if name.startswith(("x", "gate_", "halve", "fine_"))]
    names = {name: name.replace("gate_", "alpha_") for name in blocks}
    seen = {}
    for name in names:
        network.get_submodule(name).register_forward_hook(lambda _, __, output, name=name: seen.update({name: output}))
    with torch.no_grad():
        heads = network(picture)
    outputs = GraphModel(folder)(picture, [*names.values(), "probability"])
    for block, node in names.items():
        scale = seen[block].abs().max()
        assert scale > 0
        assert (outputs[node] - seen[block]).abs().max() < 0.03 * scale, node
    manifest = json.loads((folder / "manifest.json").read_text())
    written = manifest["outputs"]
    assert written["probability"] == "probability"
    assert written["attention"] == [node for node in names.values() if node.startswith("alpha_")]
    assert written["heads"] == ([name for name, _ in named_heads(network)] if len(heads) > 1 else [])
    supervised = GraphModel(folder)(picture, written["heads"])
    by_name = sorted(zip(written["heads"], heads, strict=False))
    for name, head in by_name:
        assert (supervised[name] - torch.sigmoid(head)).abs().max() < 0.1, name
    if by_name:
        assert torch.equal(supervised[written["heads"][-1]], outputs["probability"])


def test_tensorflow_js_gives_the_same_probabilities(shipped, picture):
    if shutil.which("node") is None or not (REPOSITORY / "node_modules" / "@tensorflow").is_dir():
        pytest.skip("Node or the project's node_modules are not here")
    _, folder = shipped
    wanted = GraphModel(folder)(picture)["probability"][0].numpy()
    backend, probability = parity.run_tensorflow_js(folder, picture[0].numpy())
    assert backend == "wasm"
    assert np.abs(probability - wanted).max() <= 1e-4


def test_only_the_agreed_operations_are_written(shipped):
    _, folder = shipped
    nodes = json.loads((folder / "model.json").read_text())["modelTopology"]["node"]
    assert {node["op"] for node in nodes} <= OPERATIONS
    seen = set()
    for node in nodes:
        assert set(node.get("input", ())) <= seen, f"{node['name']} comes before its inputs"
        assert node["name"] not in seen
        seen.add(node["name"])


def test_weights_but_the_heads_are_float16_and_all_named(shipped):
    _, folder = shipped
    (group,) = json.loads((folder / "model.json").read_text())["weightsManifest"]
    quantised = {"dtype": "float16", "original_dtype": "float32"}
    sizes = 0
    for entry in group["weights"]:
        is_float16 = entry["dtype"] == "float32" and not entry["name"].startswith("head_")
        assert entry.get("quantization") == (quantised if is_float16 else None), entry["name"]
        sizes += int(np.prod(entry["shape"])) * (2 if is_float16 else 4)
    assert sizes == (folder / "weights.bin").stat().st_size


def test_a_shortened_weights_file_is_an_error(shipped, tmp_path):
    _, folder = shipped
    copy = shutil.copytree(folder, tmp_path / "model")
    weights = copy / "weights.bin"
    weights.write_bytes(weights.read_bytes() + b"\0\0")
    with pytest.raises(ValueError, match=r"weights\.bin"):
        GraphModel(copy)


def test_a_weight_beyond_float16_is_an_error_that_names_it():
    network = lively_network("attention-unet")
    network.x0_0.bn1.running_var.fill_(1e-12)
    network.x0_0.bn1.eps = 1e-16
    with pytest.raises(ValueError, match=r"x0_0\.conv1\.weight.* beyond float16"):
        exported_network(network)


def test_an_unknown_operation_is_an_error():
    class Strange(nn.Module):
        def forward(self, image):
            return [torch.tanh(image)]

    with pytest.raises(ValueError, match="knows no operation"):
        build_graph(exported_network(Strange()), 256)


def test_the_manifest_holds_what_the_files_answer_to_the_check_slice(shipped):
    _, folder = shipped
    check = json.loads((folder / "manifest.json").read_text())["check"]
    image = torch.from_numpy(draw_check_slice(256, 256))[None, None]
    probability = GraphModel(folder)(image)[PROBABILITY][0, 0]
    assert check["block"] == 32
    assert check["means"][1] == pytest.approx(probability[:32, 32:64].mean().item(), abs=1e-6)
    assert check["means"][8] == pytest.approx(probability[32:64, :32].mean().item(), abs=1e-6)


def test_the_check_slice_is_drawn_as_the_program_draws_it():
    """Values of `drawCheckSlice(4, 6)` in src/infer/checkSlice.ts, whose test holds them too."""
    drawn = draw_check_slice(4, 6)
    assert drawn.shape == (4, 6)
    assert drawn[[0, 1, 2], [0, 3, 5]].tolist() == pytest.approx([0.04729, 0.47785, 0.41538], abs=1e-5)


def test_the_manifest_states_what_was_written(shipped):
    _, folder = shipped
    manifest = json.loads((folder / "manifest.json").read_text())
    assert list(manifest) == [
        "schemaVersion", "id", "architecture", "sequence", "outputs", "preprocess", "threshold", "minLesionPx", "files",
        "check", "parity", "provenance", "metrics", "learningCurve", "limits",
    ]  # fmt: skip
    assert manifest["learningCurve"][-1]["validationDice"] <= 1
    assert any("second reader" in sentence for sentence in manifest["limits"]["notFor"])
    assert manifest["id"] == folder.name
    assert [entry["path"] for entry in manifest["files"]] == ["model.json", "weights.bin"]
    for entry in manifest["files"]:
        content = folder / entry["path"]
        assert (entry["bytes"], entry["sha256"]) == (content.stat().st_size, sha256(content))
    provenance = manifest["provenance"]
    assert next((d["name"], d["licence"]) for d in provenance["dataSets"]) == ("t1ce-primary", "CC BY 4.0")
    assert provenance["splitSha256"] == "ab" * 32
    assert provenance["date"] == "2026-02-03"
    assert provenance["training"]["startedFrom"] == {"run": "earlier", "sha256": "cd" * 32}
    config = provenance["training"]["config"]
    assert (config["seed"], config["id"], config["stages"][0]["steps"]) == (1, folder.name, 4)
    assert "NOT on metastases" in provenance["notice"]
    assert "Non-commercial use only: t1ce-glioma" in provenance["notice"]
    card = (folder / "card.md").read_text()
    assert manifest["files"][1]["sha256"][:12] in card
    assert provenance["notice"] in card
    assert (
        "git checkout c0ffee\n"
        "git checkout @{-1} -- training/configs\n"
        f"python -m metsight.train training/configs/small.toml --data <folder> --run-folder runs/{folder.name} "
        "--start-from runs/earlier/last.pt\n"
        f"python -m metsight.ship --checkpoint runs/{folder.name}/last.pt --data <folder>\n```"
    ) in card
    assert "cd" * 32 in card
    assert "Its figures are not figures of metastasis segmentation." in card
    assert "not evaluated" in card


def test_figures_reach_manifest_and_card_only_if_they_are_of_these_weights(shipped, tmp_path):
    _, folder = shipped
    hit, missed = (30, 0, 0, ((30, True),), ((30, True),)), (0, 0, 30, ((30, False),))
    scores = [SliceScore(patient, *(hit if n % 2 else missed)) for n, patient in enumerate("ABCDEF")]
    figures = {
        "set": "t1ce-primary", "split": "val", **summarize(scores), "by": {"view": {"axial": summarize(scores)}},
        "hd95": {
            "px": {"mean": 2.0, "median": 2.0, "medianInterval": [1.0, 3.0]},
            "mm": {"mean": None, "median": None, "medianInterval": None}, "n": 1,
        },
        "calibration": {"over": "pixels", "after": {"ece": 0.03, "n": 40}, "eceInterval": None},
    }  # fmt: skip
    chosen = {"threshold": 0.4, "minSize": 5}
    for weights, expected in ((sha256(folder / "weights.bin"), 0.4), ("00" * 32, 0.5)):
        model = {"id": folder.name, "sha256": weights}
        report = {"model": model, "sizeClasses": {"unit": "mm"}}
        (tmp_path / "validation.json").write_text(json.dumps({**report, "splits": [figures]}))
        opened = {**figures, "split": "test"}
        (tmp_path / "test.json").write_text(json.dumps({**report, "splits": [opened]}))
        (tmp_path / "thresholds.json").write_text(
            json.dumps({"model": model, "chosenOn": "here", "chosen": chosen, "rows": [], "frocOver": "there"})
        )
        again = export(folder.parent / "last.pt", tmp_path / weights, tmp_path)
        manifest = json.loads((again / "manifest.json").read_text())
        command = (
            "npm run --silent metsight -- evaluate --data <folder> --set t1ce-primary --split test "
            f"--model {folder.name} --json training/results/{folder.name}/test.json"
        )
        assert (command in (again / "card.md").read_text()) == (expected == 0.4)
        assert manifest["threshold"]["value"] == expected
        assert bool(manifest["metrics"]) == (expected == 0.4)
        whose = {entry["over"].split(", ")[1] for entry in manifest["metrics"]}
        assert whose == ({"test patients", "val patients"} if expected == 0.4 else set())
        assert ("| mean slice Dice | 0.500 | 0.167 to 0.833 | 6 |" in (again / "card.md").read_text()) == (
            expected == 0.4
        )
    listed = metrics({"splits": [figures]})
    assert all(set(entry) - {"interval"} == {"name", "value", "n", "over"} and entry["n"] > 0 for entry in listed)
    assert "share with a false positive" not in [entry["name"] for entry in listed]


def test_the_same_checkpoint_gives_the_same_bytes(shipped, tmp_path):
    _, folder = shipped
    again = export(folder.parent / "last.pt", tmp_path, None)
    for name in ("model.json", "weights.bin", "manifest.json", "card.md"):
        assert (again / name).read_bytes() == (folder / name).read_bytes(), name


def test_a_checkpoint_from_before_these_facts_were_kept_is_read(shipped, tmp_path):
    _, folder = shipped
    state = checkpoint.load(folder.parent / "last.pt")
    for name in ("ended", "config_file"):
        del state[name]
    del state["config"]["id"]
    state |= {"started_from": "earlier", "commit": "c0ffee-dirty"}
    checkpoint.save(tmp_path / "last.pt", state)
    os.utime(tmp_path / "last.pt", (1.7e9, 1.7e9))
    again = export(tmp_path / "last.pt", tmp_path, None)
    provenance = json.loads((again / "manifest.json").read_text())["provenance"]
    assert (again.name, provenance["date"]) == (folder.name, "2023-11-14")
    assert provenance["training"]["startedFrom"] == {"run": "earlier"}
    card = (again / "card.md").read_text()
    assert "git checkout c0ffee\ngit checkout @{-1} -- training/configs\n" in card
    assert f"\npython -m metsight.train training/configs/{folder.name}.toml" in card
    assert "had been changed when training began" in card


def test_weights_of_metastases_are_not_said_to_be_of_none(shipped, tmp_path):
    _, folder = shipped
    state = checkpoint.load(folder.parent / "last.pt")
    sources = [{"name": "metastases", "share": 0.8}, {"name": "t1post-negative", "share": 0.2}]
    state["config"] |= {"sources": sources, "validate_on": ["metastases"], "id": f"{folder.name}-own"}
    checkpoint.save(tmp_path / "last.pt", state)
    again = export(tmp_path / "last.pt", tmp_path, None)
    assert again.name == f"{folder.name}-own"
    manifest, card = json.loads((again / "manifest.json").read_text()), (again / "card.md").read_text()
    assert manifest["id"] == again.name
    for text in (json.dumps(manifest), card):
        assert "T1-CE slices of metastases, and tumour-free slices." in text
        for claim in ("not figures of metastasis", "NOT on metastases", "No metastasis", "resections"):
            assert claim not in text, claim


def test_a_flair_network_is_not_said_to_lack_what_flair_never_has(shipped, tmp_path):
    _, folder = shipped
    state = checkpoint.load(folder.parent / "last.pt")
    state["config"] |= {"sequence": "flair", "id": "drawn"}
    checkpoint.save(tmp_path / "last.pt", state)
    card = (export(tmp_path / "last.pt", tmp_path, None) / "card.md").read_text()
    assert "contrast agent" not in card
    assert "enhancing structures" not in card
    assert "Other sequences, cropped heads, resections and children are outside" in card


def test_of_unknown_data_nothing_is_claimed():
    assert trained_on(("my-metastases",), "t1ce") == "T1-CE slices of my-metastases."
    assert "metast" not in notice(("mine",))
    assert "glioma, and tumour-free slices. No metastasis" in trained_on(("t1ce-glioma", "t1post-negative"), "t1ce")


def test_goldens_hold_input_answer_and_every_node(shipped, tmp_path):
    _, model = shipped
    folder = write_goldens(model, tmp_path)
    document = json.loads((folder / "golden.json").read_text())
    assert document["model"]["sha256"] == sha256(model / "weights.bin")
    assert sum(path.stat().st_size for path in folder.iterdir()) < 500_000
    check_goldens(model, folder)
    nodes = document["slices"][0]["nodes"]
    operations = json.loads((model / "model.json").read_text())["modelTopology"]["node"]
    assert set(nodes) == {node["name"] for node in operations if node["op"] != "Const"}


def check_goldens(model, folder):
    document = json.loads((folder / "golden.json").read_text())
    network = GraphModel(model)
    for entry in document["slices"]:
        wire = gzip.decompress((folder / entry["input"]).read_bytes())
        picture = torch.from_numpy(np.frombuffer(wire, np.uint8).reshape(1, 1, 256, 256).astype(np.float32) / 255)
        stored = np.frombuffer(gzip.decompress((folder / entry["probability"]).read_bytes()), "<u2").reshape(256, 256)
        probability = network(picture)["probability"][0, 0].numpy()
        assert np.abs(stored / document["probabilityLevels"] - probability).max() < 2e-5


def test_committed_goldens_are_of_the_committed_models():
    """Both are written by `metsight.ship`; whoever changes one changes the other."""
    pairs = [(model, GOLDEN / model.name) for model in sorted((REPOSITORY / "public" / "models").glob("*-*"))]
    pairs = [(model, golden) for model, golden in pairs if golden.is_dir()]
    if not pairs:
        pytest.skip("no model with goldens is here")
    for model, golden in pairs:
        document = json.loads((golden / "golden.json").read_text())
        assert document["model"]["sha256"] == sha256(model / "weights.bin"), model.name
        check_goldens(model, golden)
