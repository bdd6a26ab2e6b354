"""The two architectures, from one blocks file."""

from torch import nn

from metsight.networks.attention_unet import AttentionUNet
from metsight.networks.nested_unet import NestedUNet

__all__ = ["AttentionUNet", "NestedUNet", "build_network"]


def build_network(architecture: str, *, base: int, fine: int = 0) -> nn.Module:
    """Either network: see `Network`."""
    if architecture == "nested-unet":
        return NestedUNet(base=base, fine=fine)
    if architecture == "attention-unet":
        return AttentionUNet(base=base, fine=fine)
    raise ValueError(f"unknown architecture {architecture!r}")
