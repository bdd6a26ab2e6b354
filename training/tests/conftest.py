"""A tiny data folder of drawn heads, and where the real data lie, if they do."""

import csv
import os
from pathlib import Path

import cv2
import pytest
import torch
from torch import nn

from metsight.networks import build_network
from metsight.phantom import draw_head
from metsight.preprocess import preprocess

torch.set_num_threads(1)

REPOSITORY = Path(__file__).parents[2]


def lively_network(architecture: str, fine: int = 0) -> nn.Module:
    """A narrow network in eval mode whose nodes all vary and whose probabilities span the range, as if trained."""
    torch.manual_seed(3)
    network = build_network(architecture, base=2, fine=fine)
    for module in network.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.momentum = None  # plain average
            nn.init.uniform_(module.weight, 0.5, 1.5)
            nn.init.uniform_(module.bias, -0.2, 0.2)
        elif isinstance(module, nn.Conv2d) and module.out_channels == 1:
            nn.init.normal_(module.weight)
    heads = [preprocess(draw_head(seed, lesion_radii=(15.0,))[0]) for seed in (1, 2)]
    images = torch.stack([torch.from_numpy(head)[None] for head in heads])
    with torch.no_grad():
        network.train()(images)
        own = network.eval()(images)
        if fine:
            own[-1] = own[-1] - own[-2]  # what the last head adds
        for logits, (name, head) in zip(own, named_heads(network), strict=True):
            scale = (0.5 if name == "head_fine" else 2) / logits.std()
            head.bias.copy_((head.bias - logits.mean()) * scale)
            head.weight.mul_(scale)
    return network


def named_heads(network: nn.Module) -> list[tuple[str, nn.Module]]:
    return sorted((name, module) for name, module in network.named_children() if name.startswith("head_"))


def write_data_set(folder: Path, rows: list[tuple[str, str, str, int, tuple[float, ...]]], *, has_masks: bool) -> None:
    """`rows`: slice id, patient, split, seed of the drawn head, radii of its lesions."""
    (folder / "images").mkdir(parents=True)
    if has_masks:
        (folder / "masks").mkdir()
    with (folder / "index.csv").open("w", newline="", encoding="utf-8") as file:
        index = csv.writer(file)
        index.writerow(["id", "patient", "split", "mask_px"])
        for slice_id, patient, split, seed, radii in rows:
            image, mask = draw_head(seed, lesion_radii=radii)
            cv2.imwrite(str(folder / "images" / f"{slice_id}.png"), image)
            if mask.any():
                cv2.imwrite(str(folder / "masks" / f"{slice_id}.png"), 255 * mask)
            index.writerow([slice_id, patient, split, int(mask.sum())])


@pytest.fixture(scope="session")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`heads` (4 training, 2 validation slices with lesions, 1 without) and `free` (no masks folder)."""
    root = tmp_path_factory.mktemp("data")
    training = [(f"h{n}", f"P{n // 2}", "train", n, (16.0, 6.0)) for n in range(4)]
    validation = [("h4", "P8", "val", 4, (18.0,)), ("h5", "P8", "val", 5, ()), ("h6", "P9", "val", 6, (12.0, 4.0))]
    write_data_set(root / "heads", training + validation, has_masks=True)
    free = [("f0", "Q0", "train", 20, ()), ("f1", "Q1", "val", 21, ())]
    write_data_set(root / "free", free, has_masks=False)
    return root


@pytest.fixture(scope="session")
def real_data() -> Path:
    root = Path(os.environ.get("METSIGHT_DATA") or REPOSITORY.parent / "shared" / "data")
    if not (root / "t1ce-primary" / "index.csv").exists():
        pytest.skip("the real data sets are not here (METSIGHT_DATA)")
    return root
