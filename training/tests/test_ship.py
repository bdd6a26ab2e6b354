"""From a run to a model folder, on drawn heads."""

import json
import shutil
import sys

import numpy as np
import pytest
import torch
from conftest import REPOSITORY, lively_network, named_heads

from metsight import calibration, checkpoint, parity
from metsight.check_slice import draw_check_slice
from metsight.config import Config, Source, Stage, config_to_dict
from metsight.export import export
from metsight.flips import known_flips
from metsight.graph_model import GraphModel
from metsight.manifest import sha256
from metsight.phantom import draw_head
from metsight.preprocess import preprocess
from metsight.ship import calibrated, main, see_logits, ship
from metsight.subject import predict, subject_from_model


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    """A run's checkpoint of both drawn sets."""
    folder = tmp_path_factory.mktemp("run")
    network = lively_network("nested-unet")
    # Sure of itself, and of the background: logits three times as wide and mostly negative.
    with torch.no_grad():
        for _, head in named_heads(network):
            head.weight.mul_(3)
            head.bias.mul_(3).sub_(8)
    sources, stages = (Source("heads", 0.5), Source("free", 0.5)), (Stage(size=128, batch=2, steps=4, lr=1e-3),)
    config = Config("nested-unet", "flair", sources, stages, ("heads",), id="nested-unet-flair-drawn", base=2)
    state = {
        "config": config_to_dict(config), "commit": "c0ffee", "split_sha256": "ab" * 32, "step": 4, "seconds": 60.0,
        "ema": network.state_dict(), "history": [], "losses": [], "started_from": None,
    }  # fmt: skip
    checkpoint.save(folder / "last.pt", state)
    return folder / "last.pt"


@pytest.fixture(scope="module")
def shipped(run, data, tmp_path_factory):
    """(model folder, results folder); TensorFlow.js's part is not run here."""
    folder = tmp_path_factory.mktemp("shipped")
    patch = pytest.MonkeyPatch()
    patch.setattr(parity, "run_tensorflow_js", lambda model, pictures: ("wasm", pictures))
    model = ship(run, data, folder / "models", folder / "results", folder / "golden")
    patch.undo()
    return model, folder / "results" / model.name


def test_the_manifest_states_temperature_threshold_curve_and_figures(shipped):
    model, results = shipped
    manifest = json.loads((model / "manifest.json").read_text())
    fitted = manifest["calibration"]
    assert list(fitted) == [
        "method",
        "temperature",
        "boundaryTemperature",
        "eceBefore",
        "eceAfter",
        "n",
        "over",
        "bins",
        "binsBefore",
        "tumourFreeMedian",
    ]
    assert fitted["n"] == sum(entry["n"] for entry in fitted["bins"]) > 100
    assert "validation slices with a lesion of heads (n = 2)" in fitted["over"]
    chosen = json.loads((results / "thresholds.json").read_text())["chosen"]
    assert manifest["threshold"]["value"] == chosen["threshold"]
    assert (chosen["slicesWithLesion"], chosen["patients"], chosen["tumourFree"]) == (2, 2, 2)
    assert [set(row) for row in manifest["froc"][:1]] == [{"threshold", "sensitivity", "falsePositivesPerSlice"}]
    assert {entry["over"].split(",")[0] for entry in manifest["metrics"]} == {"heads", "free"}
    assert json.loads((results / "parity.json").read_text())["float16"]["n"] == 2
    worst = json.loads((results / "validation.json").read_text())["worst"]
    assert (worst["set"], worst["n"], len(worst["slices"])) == ("heads", 2, 2)
    sizes = manifest["lesionsBySize"]
    assert [own["over"] for own in sizes] == ["heads, val patients"]
    assert [own["diameterMm"] for own in sizes[0]["classes"]] == ["<6", "6-10", "10-20", ">20"]
    for name in ("thresholds", "validation", "parity", "calibration", "stress"):
        measured = json.loads((results / f"{name}.json").read_text())
        assert measured["model"]["sha256"] == sha256(model / "weights.bin"), name
    card = (model / "card.md").read_text()
    assert f"logits divided by {fitted['temperature']}" in card
    assert "float16 against float32" in card
    assert any(sentence.startswith("Slice `h") for sentence in manifest["limits"]["failsWhere"])
    assert "- Slice `h" in card
    assert "**Synthetic** lesions, up to three drawn into each of 1 tumour-free val slices" in card
    assert "| sizes as in BraTS-METS, 3–20 mm | – |" in card, "three lesions are not of all classes"


def test_the_graph_gives_the_calibrated_probability(shipped, run, tmp_path):
    model, results = shipped
    temperature = json.loads((results / "calibration.json").read_text())["calibration"]["temperature"]
    picture = torch.from_numpy(preprocess(draw_head(4, lesion_radii=(18.0,))[0])[None, None])
    raw = GraphModel(export(run, tmp_path, None))(picture)["probability"].numpy()
    assert temperature != 1
    wanted = calibration.sigmoid(calibration.logit(raw) / temperature)
    exact = np.abs(raw - 0.5) < 0.499  # float32 keeps little of a logit nearer to 0 or 1
    assert exact.mean() > 0.1
    assert np.abs(GraphModel(model)(picture)["probability"].numpy() - wanted)[exact].max() < 1e-4


def test_exported_again_with_the_results_it_is_the_same_folder(shipped, run, tmp_path):
    model, results = shipped
    again = export(run, tmp_path, results)
    for name in ("model.json", "weights.bin", "manifest.json", "card.md"):
        assert (again / name).read_bytes() == (model / name).read_bytes(), name


def test_test_figures_say_where_it_fails_too_and_those_by_earlier_definitions_are_left_out(
    shipped, run, tmp_path, capsys
):
    model, results = shipped
    folder = shutil.copytree(results, tmp_path / "results")
    validation = json.loads((results / "validation.json").read_text())
    test = {**validation, "splits": [{**s, "split": "test"} for s in validation["splits"]]}
    del test["worst"]
    test["splits"][1]["tumourFree"] |= {"withFalsePositive": 3, "n": 4, "share": 0.75}
    (folder / "test.json").write_text(json.dumps(test))
    card = (export(run, tmp_path / "new", folder) / "card.md").read_text()
    assert "- `free`, test patients: something is marked on 3 of 4 tumour-free slices (75.0%)." in card
    assert card.count("- Slice `h") == 2, "of validation alone"
    del test["sizeClasses"]
    (folder / "test.json").write_text(json.dumps(test))
    capsys.readouterr()
    again = export(run, tmp_path / "again", folder)
    assert (again / "card.md").read_bytes() == (model / "card.md").read_bytes()
    assert "test.json: left out" in capsys.readouterr().out


def test_another_network_does_not_take_this_ones_temperature(shipped, run, tmp_path):
    _, results = shipped
    state = checkpoint.load(run)
    state["ema"]["head_0_4.bias"] += 0.5
    checkpoint.save(tmp_path / "last.pt", state)
    manifest = json.loads((export(tmp_path / "last.pt", tmp_path, results) / "manifest.json").read_text())
    assert "calibration" not in manifest
    assert manifest["metrics"] == []


@pytest.fixture(scope="module")
def flipped(shipped, run, tmp_path_factory):
    """As if all but the test patients' figures had been measured with the mirror image."""
    folder = shutil.copytree(shipped[1], tmp_path_factory.mktemp("flipped") / "results")
    for name in ("calibration", "validation", "thresholds"):
        measured = json.loads((folder / f"{name}.json").read_text())
        measured["model"]["flips"] = ["left-right"]
        (folder / f"{name}.json").write_text(json.dumps(measured))
    shutil.copyfile(shipped[1] / "validation.json", folder / "test.json")
    return export(run, folder.parent, folder)


def test_flips_are_stated_and_figures_of_the_slice_alone_are_left_out(flipped, shipped):
    manifest = json.loads((flipped / "manifest.json").read_text())
    assert manifest["flips"] == ["left-right"]
    assert "flips" not in json.loads((shipped[0] / "manifest.json").read_text())
    assert manifest["metrics"] and manifest["parity"] == []
    card = (flipped / "card.md").read_text()
    assert "the mean of what the network says of the slice and of its mirror image (left-right), mirrored back" in card
    assert "--data <folder> --flip left-right\n" in card
    assert "looked at once" not in card, "test.json is of the slice alone"


def test_what_a_model_with_flips_says_is_the_mean_over_them_everywhere(flipped, data):
    network, subject = GraphModel(flipped), subject_from_model(flipped)
    picture = preprocess(draw_head(4, lesion_radii=(18.0,))[0])
    both = torch.from_numpy(np.stack([picture, np.fliplr(picture)])[:, None])
    own, mirrored = network(both)["probability"][:, 0].numpy()
    wanted = (own + np.fliplr(mirrored)) / 2
    assert np.abs(own - wanted).max() > 0.01
    assert np.abs(subject.run(both[:1])[0, 0].numpy() - wanted).max() < 1e-4
    assert subject.stated["flips"] == ["left-right"]

    drawn = draw_check_slice(256, 256)
    both = torch.from_numpy(np.stack([drawn, np.fliplr(drawn)])[:, None])
    own, mirrored = network(both)["probability"][:, 0].numpy()
    mean = ((own + np.fliplr(mirrored)) / 2)[:32, 32:64].mean()
    check = json.loads((flipped / "manifest.json").read_text())["check"]
    assert check["means"][1] == pytest.approx(mean, abs=1e-6)

    # The logits that a temperature is fitted to, and what its graph gives.
    (seen,) = see_logits(flipped, [data / "free"], 1, ["left-right"])["free"]
    (again,) = predict(subject, [seen.slice])
    assert seen.probability.shape == (2, *again.truth.shape)
    assert np.abs(calibrated(seen, 1.0).probability - again.probability).max() < 1e-4


@pytest.mark.parametrize("names", [["half-turn"], ["left-right", "left-right"]])
def test_unknown_and_doubled_flips_are_refused(names):
    with pytest.raises(ValueError, match="flips"):
        known_flips(names)


def test_a_rehearsal_sees_few_slices_and_writes_beside_what_ships(shipped, data, monkeypatch, capsys):
    model, _ = shipped
    logits = see_logits(model, [data / "heads", data / "free"], 2)
    assert {name: len(own) for name, own in logits.items()} == {"heads": 2, "free": 1}
    monkeypatch.setattr(sys, "argv", ["ship", "--checkpoint", "last.pt", "--data", str(data), "--few", "2"])
    with pytest.raises(SystemExit):
        main()
    assert "--few needs an --out of its own" in capsys.readouterr().err


def test_a_set_without_lesions_cannot_be_shipped(run, data, tmp_path):
    state = checkpoint.load(run)
    state["config"] |= {"sources": [{"name": "free", "share": 1.0}], "validate_on": ["free"]}
    checkpoint.save(tmp_path / "last.pt", state)
    with pytest.raises(ValueError, match="one kind is missing"):
        ship(tmp_path / "last.pt", data, tmp_path / "models", tmp_path / "results", tmp_path / "golden")


def test_tensorflow_js_gives_the_calibrated_probability(shipped):
    """The heads are float32 on the wire, beside float16 weights."""
    if shutil.which("node") is None or not (REPOSITORY / "node_modules" / "@tensorflow").is_dir():
        pytest.skip("Node or the project's node_modules are not here")
    model, _ = shipped
    picture = preprocess(draw_head(4, lesion_radii=(18.0,))[0])
    wanted = GraphModel(model)(torch.from_numpy(picture[None, None]))["probability"][0].numpy()
    _, probability = parity.run_tensorflow_js(model, picture[None])
    assert np.abs(probability - wanted).max() <= 1e-4
