"""Short runs of a narrow network on drawn heads."""

import csv
import datetime
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch

from metsight import checkpoint, train
from metsight.config import Config, Source, Stage
from metsight.networks import build_network
from metsight.samples import TrainingSamples

CONFIG = """
architecture = "{architecture}"
sequence = "t1ce"
id = "{architecture}-drawn"
base = 2
threads = 1
validate_on = ["heads"]
steps_per_epoch = 20
checkpoint_every_steps = 4
sources = [{{ name = "heads", share = 0.75 }}, {{ name = "free", share = 0.25 }}]

[[stages]]
size = 128
batch = 2
steps = {steps}
lr = 5e-3
crop_share = 0.5

[[stages]]
size = 256
batch = 1
steps = 4
lr = 1e-3
"""
TRAINING = Path(__file__).parents[1]


def write_config(folder, architecture="attention-unet", steps=36):
    path = folder / f"{architecture}.toml"
    path.write_text(CONFIG.format(architecture=architecture, steps=steps))
    return path


def command(config, data, run):
    return ["metsight.train", str(config), "--data", str(data), "--run-folder", str(run)]


def train_here(monkeypatch, config, data, run, *more):
    monkeypatch.setattr(sys, "argv", [*command(config, data, run), *more])
    train.main()
    return checkpoint.load(run / "last.pt")


def environment():
    return {**os.environ, "PYTHONPATH": str(TRAINING), "OMP_NUM_THREADS": "1", "CUDA_VISIBLE_DEVICES": ""}


def assert_same(one, other):
    for part in ("network", "ema"):
        for name, value in one[part].items():
            assert torch.equal(value, other[part][name]), f"{part} {name}"
    for index, moments in one["optimiser"]["state"].items():
        for name, value in moments.items():
            assert torch.equal(value, other["optimiser"]["state"][index][name]), f"optimiser {index} {name}"


@pytest.mark.skipif(torch.cuda.is_available(), reason="bit-equality is promised on the CPU only")
def test_a_killed_run_goes_on_to_the_weights_of_an_undisturbed_one(data, tmp_path, monkeypatch):
    config = write_config(tmp_path)
    undisturbed = train_here(monkeypatch, config, data, tmp_path / "undisturbed")

    run = tmp_path / "killed"
    words = [sys.executable, "-m", *command(config, data, run)]
    process = subprocess.Popen(words, env=environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while not (run / "last.pt").exists() and process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.002)
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert 0 < checkpoint.load(run / "last.pt")["step"] < 40, "the run was to be killed in the middle"

    resumed = train_here(monkeypatch, config, data, run)
    assert resumed["step"] == undisturbed["step"] == 40
    assert_same(undisturbed, resumed)
    without_time = [
        [{key: value for key, value in row.items() if key != "minutes"} for row in state["history"]]
        for state in (undisturbed, resumed)
    ]
    assert without_time[0] == without_time[1]


def test_a_run_leaves_its_curve_and_everything_an_exporter_states(data, tmp_path, monkeypatch):
    state = train_here(monkeypatch, write_config(tmp_path, "nested-unet", steps=20), data, tmp_path / "run")
    rows = list(csv.DictReader((tmp_path / "run" / "curve.csv").open()))
    assert [(row["epoch"], row["step"], row["size"]) for row in rows] == [("1", "20", "128"), ("2", "24", "256")]
    assert rows[0]["validation_n"] == "2", "slices without a lesion have no DICE"
    assert (tmp_path / "run" / "curve.png").read_bytes().startswith(b"\x89PNG")
    assert float(rows[1]["loss"]) < 0.3
    assert set(state) >= {"config", "commit", "split_sha256", "step", "ema", "history", "started_from"}
    assert len(state["split_sha256"]) == 64
    assert state["started_from"] is None
    assert state["config_file"] == "nested-unet.toml"
    assert state["ended"] == datetime.datetime.now(datetime.UTC).date().isoformat()


def test_the_loss_of_one_batch_falls(data):
    torch.manual_seed(1)
    stage = Stage(size=128, batch=2, steps=40, lr=2e-2)
    config = Config("attention-unet", "t1ce", (Source("heads", 1.0),), (stage,), ("heads",), base=2)
    network = build_network(config.architecture, base=config.base)
    optimiser = torch.optim.Adam(network.parameters(), lr=stage.lr)
    batch = TrainingSamples(config, data).batch(stage, 0)
    losses = [train.train_step(network, optimiser, *batch, config) for _ in range(stage.steps)]
    assert losses[-1] < 0.9 * losses[0]


def test_a_run_starts_from_another_and_says_so(data, tmp_path, monkeypatch):
    train_here(monkeypatch, write_config(tmp_path, steps=2), data, tmp_path / "first")
    second = write_config(tmp_path, "nested-unet", steps=2)
    start = str(tmp_path / "first" / "last.pt")
    state = train_here(monkeypatch, second, data, tmp_path / "second", "--start-from", start)
    sha256 = checkpoint.network_sha256(checkpoint.load_network(tmp_path / "first" / "last.pt")[0])
    assert state["started_from"] == {"run": "first", "sha256": sha256}


def test_another_config_does_not_go_on_with_a_run(data, tmp_path, monkeypatch):
    train_here(monkeypatch, write_config(tmp_path, steps=2), data, tmp_path / "run")
    with pytest.raises(SystemExit, match="another config"):
        train_here(monkeypatch, write_config(tmp_path, steps=3), data, tmp_path / "run")


def test_a_loss_that_is_no_number_stops_the_run_and_keeps_the_last_good_state(data, tmp_path, monkeypatch):
    real, calls = train.train_step, []

    def diverging(*args):
        calls.append(1)
        return real(*args) if len(calls) < 7 else float("nan")

    monkeypatch.setattr(train, "train_step", diverging)
    with pytest.raises(SystemExit, match="lower the learning rate"):
        train_here(monkeypatch, write_config(tmp_path), data, tmp_path / "run")
    state = checkpoint.load(tmp_path / "run" / "last.pt")
    assert (state["step"], state["ended"]) == (4, None)


def test_a_run_from_before_a_setting_existed_goes_on(data, tmp_path, monkeypatch):
    config = write_config(tmp_path, steps=2)
    state = train_here(monkeypatch, config, data, tmp_path / "run")
    for name in ("ended", "config_file"):
        del state[name]
    del state["config"]["dice_over"]
    checkpoint.save(tmp_path / "run" / "last.pt", state)
    train_here(monkeypatch, config, data, tmp_path / "run")


def test_sets_that_share_a_patient_across_sides_are_not_trained_on(data, tmp_path, monkeypatch):
    root = shutil.copytree(data, tmp_path / "data")
    index = root / "free" / "index.csv"
    index.write_text(index.read_text().replace(",Q0,train", ",P8,train"))
    monkeypatch.setattr(train, "TrainingSamples", lambda *_: pytest.fail("pictures were read"))
    with pytest.raises(ValueError, match="patient P8 is in val of heads and in train of free"):
        train_here(monkeypatch, write_config(tmp_path), root, tmp_path / "run")


def test_weights_of_other_data_are_not_trained_under_a_shipped_id(data, tmp_path, monkeypatch):
    config = write_config(tmp_path)
    config.write_text(config.read_text().replace('id = "attention-unet-drawn"', ""))
    with pytest.raises(SystemExit, match="attention-unet-t1ce is the id of a network that ships"):
        train_here(monkeypatch, config, data, tmp_path / "run")


LAUNCHED = """
import os, sys, torch
from metsight import train
kept, update_ema = {}, train.update_ema
def keep(ema, network, *rest):
    kept["network"] = network
    update_ema(ema, network, *rest)
train.update_ema = keep
real_batch = train.TrainingSamples.batch
def batch(self, stage, first, stride=1):
    kept.setdefault("indices", []).extend(first + n * stride for n in range(stage.batch))
    return real_batch(self, stage, first, stride)
train.TrainingSamples.batch = batch
train.main()
parameters = {name: p.detach() for name, p in kept["network"].named_parameters()}
torch.save((parameters, kept["indices"]), os.environ["OUTCOME"] + os.environ["RANK"])
"""


def test_two_processes_train_one_network_on_different_samples(data, tmp_path):
    (tmp_path / "launched.py").write_text(LAUNCHED)
    config = write_config(tmp_path, steps=4)
    torchrun = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2"]
    words = [*torchrun, str(tmp_path / "launched.py"), *command(config, data, tmp_path / "run")[1:]]
    outcome = str(tmp_path / "outcome")
    ran = subprocess.run(
        words, env={**environment(), "OUTCOME": outcome}, check=False, capture_output=True, text=True, timeout=60
    )
    assert ran.returncode == 0, ran.stderr[-3000:]
    (first, indices), (second, others) = (torch.load(f"{outcome}{rank}") for rank in (0, 1))
    assert all(torch.equal(first[name], second[name]) for name in first)
    assert sorted(indices + others) == list(range(4 * 2 * 2 + 4 * 2))
    state = checkpoint.load(tmp_path / "run" / "last.pt")
    assert state["step"] == 8
    assert all(torch.equal(state["network"][name], first[name]) for name in first)
