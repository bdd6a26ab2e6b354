"""Losses take logits (B, 1, H, W) and targets of the same shape, 0 or 1."""

from collections.abc import Sequence

import torch
from torch.nn import functional as F


def soft_dice(logits: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    """1 − Dice of probabilities over the whole batch (so that a tumour-free slice is not a division by nothing)."""
    p = torch.sigmoid(logits)
    return 1 - (2 * (p * target).sum() + 1) / (p.sum() + target.sum() + 1)


def soft_dice_of_slices(logits: torch.Tensor, target: torch.Tensor) -> torch.Tensor:
    """The mean of 1 − Dice of each slice, so that a slice with one small lesion counts like one with a large one.

    The constant is the area of a small lesion: a few pixels of false positives in an empty slice cost little.
    """
    p, small = torch.sigmoid(logits), 16.0
    both, each = (p * target).sum((1, 2, 3)), (p + target).sum((1, 2, 3))
    return (1 - (2 * both + small) / (each + small)).mean()


def supervised(
    heads: Sequence[torch.Tensor], target: torch.Tensor, *, dice_weight: float, dice_over: str = "batch"
) -> torch.Tensor:
    """Binary cross-entropy, mean over pixels, plus `dice_weight` · soft Dice; the mean over the supervised heads."""
    dice = soft_dice if dice_over == "batch" else soft_dice_of_slices
    losses = []
    for logits in heads:
        loss = F.binary_cross_entropy_with_logits(logits, target)
        losses.append(loss + dice_weight * dice(logits, target) if dice_weight else loss)
    return torch.stack(losses).mean()
