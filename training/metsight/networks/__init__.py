"""The two architectures, from one blocks file."""

from torch import nn

from metsight.networks.attention_unet import AttentionUNet
from metsight.networks.nested_unet import NestedUNet

__all__ = ["AttentionUNet", "NestedUNet", "build_network"]


def build_network(architecture: str, *, base: int) -> nn.Module:
    """Either network: (B, 1, H, W) in [0, 1] → list of logits, the last of which is its answer."""
    if architecture == "nested-unet":
        return NestedUNet(base=base)
    if architecture == "attention-unet":
        return AttentionUNet(base=base)
    raise ValueError(f"unknown architecture {architecture!r}")
