"""Training samples: which slice, how changed, at what size. The same (seed, index) always gives the same sample."""

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np
import torch

from metsight.augment import Rng, augment
from metsight.config import Config, Stage
from metsight.data import Slice, read_image, read_index, read_mask
from metsight.paste import paste_lesions
from metsight.preprocess import INPUT_SIZE, equalize, place


def load(slices: Sequence[Slice]) -> tuple[np.ndarray, np.ndarray]:
    """All slices in memory: images and masks, (n, 256, 256) uint8. Masks are placed with nearest neighbour."""
    images = np.zeros((len(slices), INPUT_SIZE, INPUT_SIZE), np.uint8)
    masks = np.zeros_like(images)
    for n, slice_ in enumerate(slices):
        image = read_image(slice_)
        images[n] = place(image)
        mask = read_mask(slice_, image.shape)
        if mask.shape != masks[n].shape:
            raise ValueError(f"{slice_.id}: training slices are {INPUT_SIZE}×{INPUT_SIZE}, this is {mask.shape}")
        masks[n] = mask
    return images, masks


class TrainingSamples:
    """Endless samples, drawn from the sources by their shares."""

    def __init__(self, config: Config, root: Path) -> None:
        self.config = config
        self.sets = [load(read_index(root / source.name, ["train"])) for source in config.sources]
        self.shares = np.array([source.share for source in config.sources])
        #: Number of set and of slice, of every slice with a lesion.
        self.with_lesion = [(s, n) for s, (_, masks) in enumerate(self.sets) for n in np.flatnonzero(masks.any((1, 2)))]

    def batch(self, stage: Stage, first: int, stride: int = 1) -> tuple[torch.Tensor, torch.Tensor]:
        """Samples `first, first + stride, …`: images (B, 1, size, size) in [0, 1] and masks 0/1, float32."""
        pairs = [self.sample(stage, first + n * stride) for n in range(stage.batch)]
        images, masks = (
            torch.from_numpy(np.stack(part)[:, None].astype(np.float32)) for part in zip(*pairs, strict=True)
        )
        return (images / 255).contiguous(memory_format=torch.channels_last), masks

    def sample(self, stage: Stage, index: int) -> tuple[np.ndarray, np.ndarray]:
        rng = np.random.default_rng((self.config.seed, index))
        images, masks = self.sets[rng.choice(len(self.sets), p=self.shares)]
        n = rng.integers(len(images))
        image, mask, how = images[n], masks[n], self.config.augmentation
        if how.pasted_lesions and rng.random() < how.pasted_lesions:
            image, mask = paste_lesions(image, mask, [self.donor(rng) for _ in range(rng.integers(1, 4))], rng)
        image, mask = augment(image, mask, rng, how)
        return view(equalize(image), mask, stage, rng)

    def donor(self, rng: Rng) -> tuple[np.ndarray, np.ndarray]:
        s, n = self.with_lesion[rng.integers(len(self.with_lesion))]
        return self.sets[s][0][n], self.sets[s][1][n]


def view(image: np.ndarray, mask: np.ndarray, stage: Stage, rng: Rng) -> tuple[np.ndarray, np.ndarray]:
    """The 256² slice at the stage's size: itself, halved, or a crop."""
    size = stage.size
    if size == image.shape[0]:
        return image, mask
    if rng.random() >= stage.crop_share:
        halved = cv2.resize(image, (size, size), interpolation=cv2.INTER_AREA)
        return halved, (cv2.resize(mask * 255, (size, size), interpolation=cv2.INTER_AREA) >= 128).astype(np.uint8)
    at = np.argwhere(mask)
    row, col = at[rng.integers(len(at))] if len(at) and rng.random() < 0.5 else rng.integers(0, image.shape[0], 2)
    row, col = (int(np.clip(c - rng.integers(0, size), 0, image.shape[0] - size)) for c in (row, col))
    return image[row : row + size, col : col + size], mask[row : row + size, col : col + size]
