"""What is evaluated: an exported model or a checkpoint, and what it sees in slices."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from tqdm import tqdm

from metsight.checkpoint import load_network
from metsight.data import Slice, read_image, read_mask
from metsight.flips import known_flips, mean_over_flips
from metsight.graph import PROBABILITY
from metsight.graph_model import WEIGHTS_FILE, GraphModel
from metsight.manifest import sha256
from metsight.postprocess import min_pixels_for, restore
from metsight.preprocess import INPUT_SIZE, SPACING_MM, preprocess
from metsight.provenance import data_set

BATCH = 8


@dataclass(frozen=True)
class Subject:
    """`run`: (B, 1, 256, 256) in [0, 1] → probabilities of the same shape, the mean over `flips` if there are any."""

    id: str
    sha256: str
    run: Callable[[torch.Tensor], torch.Tensor]
    threshold: float
    min_lesion_px: float
    data_sets: tuple[str, ...]
    #: By which the logits were divided; 1 where the probabilities are as the network was trained.
    temperature: float = 1.0
    flips: tuple[str, ...] = ()

    @property
    def stated(self) -> dict[str, Any]:
        """What figures are of."""
        return {"id": self.id, "sha256": self.sha256, **({"flips": list(self.flips)} if self.flips else {})}

    def smallest(self, truth: np.ndarray) -> int:
        """Least pixels of a lesion in a slice of this mask's size."""
        return min_pixels_for(self.min_lesion_px, *truth.shape)


@dataclass(frozen=True)
class Seen:
    """A slice with its probabilities (float32) and its true mask (boolean), both in the slice's own pixels."""

    slice: Slice
    probability: np.ndarray
    truth: np.ndarray

    @property
    def spacing_mm(self) -> float | None:
        """Millimetres a pixel: by the index, else as known of the data set; None where neither says it."""
        return self.slice.spacing_mm or data_set(self.slice.dataset).spacing_mm

    @property
    def pixel_mm(self) -> float:
        """`spacing_mm`; where it is None, as if the longer side were the network's 256 pixels of 0.94 mm."""
        return self.spacing_mm or SPACING_MM * INPUT_SIZE / max(self.truth.shape)


def subject_from_checkpoint(path: Path) -> Subject:
    network, config, _ = load_network(path)
    network = network.to(memory_format=torch.channels_last)

    @torch.no_grad()
    def run(images: torch.Tensor) -> torch.Tensor:
        return torch.sigmoid(network(images)[-1])

    names = tuple(source.name for source in config.sources)
    return Subject(config.id, sha256(path), run, threshold=0.5, min_lesion_px=0, data_sets=names)


def subject_from_model(folder: Path) -> Subject:
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    network = GraphModel(folder)
    flips = known_flips(manifest.get("flips", ()))
    return Subject(
        id=manifest["id"],
        sha256=sha256(folder / WEIGHTS_FILE),
        run=mean_over_flips(lambda images: network(images)[PROBABILITY], flips),
        threshold=manifest["threshold"]["value"],
        min_lesion_px=manifest["minLesionPx"],
        data_sets=tuple(data_set["name"] for data_set in manifest["provenance"]["dataSets"]),
        temperature=manifest.get("calibration", {}).get("temperature", 1.0),
        flips=flips,
    )


def predict(subject: Subject, slices: Sequence[Slice]) -> Iterator[Seen]:
    for first in tqdm(range(0, len(slices), BATCH), unit="batch", desc=slices[0].dataset, leave=False):
        batch = slices[first : first + BATCH]
        images = [read_image(slice_) for slice_ in batch]
        pictures = torch.from_numpy(np.stack([preprocess(image) for image in images])[:, None])
        outputs = subject.run(pictures.contiguous(memory_format=torch.channels_last))[:, 0].numpy()
        for slice_, image, output in zip(batch, images, outputs, strict=True):
            # A copy: a view would keep the whole batch.
            probability = np.array(restore(output, *image.shape))
            yield Seen(slice_, probability, read_mask(slice_, image.shape) > 0)
