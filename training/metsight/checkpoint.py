"""Checkpoints: everything a killed run needs to go on where it was, and everything the exporter states."""

import hashlib
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
    network = build_network(config.architecture, base=config.base, fine=config.fine)
    network.load_state_dict(state["ema"])
    return network.eval(), config, state


def network_sha256(network: nn.Module) -> str:
    """Fingerprint of a network as trained, before folding: what a temperature was fitted for, or a run started from."""
    digest = hashlib.sha256()
    for name, value in sorted(network.state_dict().items()):
        digest.update(name.encode() + value.detach().cpu().contiguous().numpy().tobytes())
    return digest.hexdigest()


def start_from(network: nn.Module, path: Path) -> int:
    """Starts `network` from another run's averaged one, of either architecture; returns how many tensors were taken.

    Tensors of one name and shape are copied: the contracting path, the deepest decoder node and the last head are
    common to both architectures. A decoder node of the U (x2_2, x1_3, x0_4) that sees more of its row in one than
    in the other takes the weights of what both see, x{i}_0 and the node below; the nodes between start at zero.
    """
    own, taken = network.state_dict(), 0
    for name, theirs in load(path)["ema"].items():
        if name not in own:
            continue
        mine = own[name]
        if mine.shape == theirs.shape:
            mine.copy_(theirs)
        elif name.endswith("conv1.weight"):
            row = theirs.shape[0]
            mine.zero_()
            mine[:, :row] = theirs[:, :row]
            below = min(mine.shape[1], theirs.shape[1]) - row
            mine[:, -below:] = theirs[:, -below:]
        else:
            continue
        taken += 1
    network.load_state_dict(own)
    return taken


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
