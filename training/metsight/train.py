"""python -m metsight.train <config.toml> --data <folder> --run-folder <folder>: trains one network, resumably.

Started again with the same --run-folder it goes on at the last checkpoint. `torchrun -m metsight.train …` shares the
samples among processes (DistributedDataParallel): a stage's `batch` is the batch of one process. With --ship the
finished run becomes a model folder at once (`metsight.ship`).
"""

import argparse
import copy
import datetime
import math
import os
import time
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import distributed, nn
from tqdm import tqdm

from metsight import checkpoint
from metsight.config import Config, Stage, config_from_dict, config_to_dict, load_config
from metsight.curve import write_curve
from metsight.data import data_root, read_index, read_indexes, split_sha256
from metsight.losses import supervised
from metsight.metrics import counts, dice_from_counts
from metsight.networks import build_network
from metsight.preprocess import equalize
from metsight.samples import TrainingSamples, load
from metsight.ship import ship


def main() -> None:
    args = parse_arguments()
    config = load_config(args.config)
    config.require_id_of_its_own()
    root = data_root(args.data)
    rank, world, device = start_processes(config)

    # Data
    slices = read_indexes(root, config.data_sets)
    samples = TrainingSamples(config, root)
    validation = validation_slices(config, root)
    trained_on = {source.name for source in config.sources}
    split = split_sha256([slice_ for slice_ in slices if slice_.dataset in trained_on])

    # Network and optimiser
    torch.manual_seed(config.seed)
    network = build_network(config.architecture, base=config.base, fine=config.fine).to(
        device, memory_format=torch.channels_last
    )
    started_from = None
    if args.start_from:
        checkpoint.start_from(network, args.start_from)
        started_from = {
            "run": args.start_from.resolve().parent.name,
            "sha256": checkpoint.network_sha256(checkpoint.load_network(args.start_from)[0]),
        }
    ema = copy.deepcopy(network).eval()
    optimiser = torch.optim.Adam(network.parameters(), lr=config.stages[0].lr)
    done, history, seconds, losses = 0, [], 0.0, []
    commit = checkpoint.commit()

    # A killed run goes on where it was
    last = args.run / "last.pt"
    if last.exists():
        state = checkpoint.load(last)
        if config_from_dict(state["config"]) != config:
            raise SystemExit(f"{last} was made with another config: give another --run-folder, or the same config.")
        network.load_state_dict(state["network"])
        ema.load_state_dict(state["ema"])
        optimiser.load_state_dict(state["optimiser"])
        done, history, seconds, losses = state["step"], state["history"], state["seconds"], state["losses"]
        commit, started_from = state["commit"], state["started_from"]
    trained = nn.parallel.DistributedDataParallel(network) if world > 1 else network

    # Loop
    total = sum(stage.steps for stage in config.stages)
    started = time.monotonic() - seconds
    with tqdm(total=total, initial=done, unit="step", disable=rank != 0) as bar:
        for step in range(done, total):
            stage, lr = schedule(config, step)
            for group in optimiser.param_groups:
                group["lr"] = lr
            images, masks = samples.batch(stage, first_sample(config, step, world) + rank, stride=world)
            loss = train_step(trained, optimiser, images.to(device), masks.to(device), config)
            update_ema(ema, network, config.ema_decay, step)
            losses.append(loss)
            bar.update()
            bar.set_postfix(loss=f"{np.mean(losses[-50:]):.4f}", size=stage.size)
            if not math.isfinite(loss):
                raise SystemExit(
                    f"The loss is {loss} at step {step}: lower the learning rate. {last} holds the last good state."
                )

            # Checkpoint
            epoch_ends = (step + 1) % config.steps_per_epoch == 0 or step + 1 == total
            if rank == 0 and epoch_ends:
                dice, n = validate(ema, *validation, device)
                history.append(
                    {
                        "epoch": len(history) + 1, "step": step + 1, "size": stage.size, "lr": lr,
                        "loss": float(np.mean(losses)), "validation_dice": dice, "validation_n": n,
                        "minutes": (time.monotonic() - started) / 60,
                    }
                )  # fmt: skip
                losses = []
                write_curve(args.run, history)
                bar.write(f"step {step + 1}: loss {history[-1]['loss']:.4f}, validation DICE {dice:.3f} (n = {n})")
            if rank == 0 and (epoch_ends or (step + 1) % config.checkpoint_every_steps == 0):
                checkpoint.save(
                    last,
                    {
                        "config": config_to_dict(config), "commit": commit, "split_sha256": split, "step": step + 1,
                        "network": network.state_dict(), "ema": ema.state_dict(), "optimiser": optimiser.state_dict(),
                        "history": history, "losses": losses, "seconds": time.monotonic() - started,
                        "started_from": started_from, "config_file": args.config.name,
                        # The day, once it has ended.
                        "ended": datetime.datetime.now(datetime.UTC).date().isoformat() if step + 1 == total else None,
                    },
                )  # fmt: skip
    if world > 1:
        distributed.destroy_process_group()
    if args.ship and rank == 0:
        ship(last, root)


def parse_arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("config", type=Path)
    parser.add_argument("--data", help="folder that holds the data sets (else METSIGHT_DATA)")
    # Not `--run`: torchrun would take that for an abbreviation of its own --run-path.
    parser.add_argument("--run-folder", dest="run", type=Path, required=True, help="for checkpoints and curve")
    parser.add_argument("--start-from", type=Path, help="checkpoint of either network whose weights start this one's")
    parser.add_argument("--ship", action="store_true", help="then make the model folder: metsight.ship")
    args = parser.parse_args()
    args.run.mkdir(parents=True, exist_ok=True)
    return args


def start_processes(config: Config) -> tuple[int, int, torch.device]:
    """(rank, number of processes, device). Under torchrun each process takes its own GPU, or the CPU."""
    if config.threads:
        torch.set_num_threads(config.threads)
    world = int(os.environ.get("WORLD_SIZE", "1"))
    local = int(os.environ.get("LOCAL_RANK", "0"))
    cuda = torch.cuda.is_available()
    if world > 1:
        distributed.init_process_group("nccl" if cuda else "gloo")
    if cuda:
        torch.cuda.set_device(local)
        return int(os.environ.get("RANK", "0")), world, torch.device("cuda", local)
    if torch.backends.mps.is_available():
        return int(os.environ.get("RANK", "0")), world, torch.device("mps")
    return int(os.environ.get("RANK", "0")), world, torch.device("cpu")


def schedule(config: Config, step: int) -> tuple[Stage, float]:
    """The stage a step belongs to, and its learning rate: linear warm-up, then cosine to a fiftieth."""
    for stage in config.stages:
        if step < stage.steps:
            warmup = max(1, round(config.warmup_share * stage.steps))
            if step < warmup:
                return stage, stage.lr * (step + 1) / warmup
            fraction = (step - warmup) / max(1, stage.steps - warmup)
            return stage, stage.lr * (0.02 + 0.98 * (1 + math.cos(math.pi * fraction)) / 2)
        step -= stage.steps
    raise ValueError("step lies beyond the last stage")


def first_sample(config: Config, step: int, world: int) -> int:
    """Samples used by all processes before `step`, so that a resumed run sees what an undisturbed one would."""
    used = 0
    for stage in config.stages:
        here = min(step, stage.steps)
        used += here * stage.batch * world
        step -= here
    return used


def train_step(
    network: nn.Module, optimiser: torch.optim.Optimizer, images: torch.Tensor, masks: torch.Tensor, config: Config
) -> float:
    network.train()
    with torch.autocast(images.device.type, torch.bfloat16, enabled=config.precision == "bf16"):
        heads = network(images)
    logits = [head.float() for head in heads]
    loss = supervised(logits, masks, dice_weight=config.dice_weight, dice_over=config.dice_over)
    optimiser.zero_grad(set_to_none=True)
    loss.backward()
    optimiser.step()
    return loss.item()


@torch.no_grad()
def update_ema(ema: nn.Module, network: nn.Module, decay: float, step: int) -> None:
    """Average of weights and batch-norm statistics; the first steps count less, so that the start is forgotten."""
    decay = min(decay, (1 + step) / (10 + step))
    source = network.state_dict()
    for name, value in ema.state_dict().items():
        if value.dtype.is_floating_point:
            value.lerp_(source[name], 1 - decay)
        else:
            value.copy_(source[name])


def validation_slices(config: Config, root: Path) -> tuple[np.ndarray, np.ndarray]:
    """Evenly spaced validation slices with a lesion, CLAHE applied: (n, 256, 256) uint8 images and 0/1 masks."""
    slices = [s for name in config.validate_on for s in read_index(root / name, ["val"]) if s.mask_path]
    chosen = np.unique(np.linspace(0, len(slices) - 1, min(config.validation_slices, len(slices))).round().astype(int))
    images, masks = load([slices[i] for i in chosen])
    return np.stack([equalize(image) for image in images]), masks


@torch.no_grad()
def validate(network: nn.Module, images: np.ndarray, masks: np.ndarray, device: torch.device) -> tuple[float, int]:
    """Mean DICE at 0.5 over slices with a lesion, and their number."""
    dices: list[Any] = []
    for image, mask in zip(images, masks, strict=True):
        x = torch.from_numpy(image[None, None].astype(np.float32) / 255).to(device, memory_format=torch.channels_last)
        predicted = (network(x)[-1][0, 0] > 0).cpu().numpy()
        dices.append(dice_from_counts(*counts(predicted, mask > 0)))
    return float(np.nanmean(dices)), int(np.count_nonzero(~np.isnan(dices)))


if __name__ == "__main__":
    main()
