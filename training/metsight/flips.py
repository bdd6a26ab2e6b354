"""Mirror images: the mean of what a network says of a slice and of each, mirrored back. Mirrors `src/infer/flips.ts`.

Probabilities are averaged, not logits. A mean of probabilities is off by no more than the answers it is made of; a
logit is lost where float32 rounds its probability to 0 or 1: two backends that agree to 1e-7 would give other means.
"""

from collections.abc import Callable, Sequence

import torch

Run = Callable[[torch.Tensor], torch.Tensor]
#: Of (B, C, H, W), as the slice is looked at.
AXES = {"left-right": 3, "up-down": 2}


def known_flips(names: Sequence[str]) -> tuple[str, ...]:
    """`names`, each once and known, in a fixed order."""
    for name in names:
        if name not in AXES:
            raise ValueError(f"flips must be of {list(AXES)}. Received {name!r}")
    if len(set(names)) < len(names):
        raise ValueError(f"flips names one twice: {list(names)}")
    return tuple(name for name in AXES if name in names)


def mirrored(run: Run, flip: str) -> Run:
    """`run` of the mirror image, mirrored back."""
    axis = AXES[flip]
    return lambda images: run(images.flip(axis)).flip(axis)


def each_flip(run: Run, flips: Sequence[str]) -> list[Run]:
    """`run` itself, and of each mirror image."""
    return [run, *(mirrored(run, flip) for flip in flips)]


def mean_over_flips(run: Run, flips: Sequence[str]) -> Run:
    if not flips:
        return run
    runs = each_flip(run, flips)
    return lambda images: sum(one(images) for one in runs) / len(runs)
