"""Checkpoints: everything a killed run needs to go on where it was, and everything the exporter states."""

import os
import subprocess
from pathlib import Path
from typing import Any

import torch
from torch import nn

from metsight.config import Config, config_from_dict
from metsight.networks import build_network


def save(path: Path, state: dict[str, Any]) -> None:
    """Whole or not at all: a kill in the middle leaves the earlier checkpoint."""
    unfinished = path.with_suffix(".unfinished")
    torch.save(state, unfinished)
    os.replace(unfinished, path)


def load(path: Path) -> dict[str, Any]:
    return torch.load(path, map_location="cpu", weights_only=True)


def load_network(path: Path) -> tuple[nn.Module, Config, dict[str, Any]]:
    """The averaged (EMA) network of a checkpoint, in eval mode, with its config and the whole state."""
    state = load(path)
    config = config_from_dict(state["config"])
    network = build_network(config.architecture, base=config.base)
    network.load_state_dict(state["ema"])
    return network.eval(), config, state


def start_encoder_from(network: nn.Module, path: Path) -> int:
    """Copies the contracting path (x0_0 … x4_0) of another run's averaged network; returns how many tensors."""
    encoder = {
        key: value for key, value in load(path)["ema"].items() if key.split(".")[0].endswith("_0") and key[0] == "x"
    }
    network.load_state_dict(encoder, strict=False)
    return len(encoder)


def commit() -> str:
    """The commit the run started from, with a mark if the tree had changes."""
    try:
        return subprocess.run(
            ["git", "describe", "--always", "--dirty", "--abbrev=40"],
            cwd=Path(__file__).parent,
            capture_output=True,
            text=True,
            check=True,
        ).stdout.strip()
    except (OSError, subprocess.CalledProcessError):
        return "unknown"
