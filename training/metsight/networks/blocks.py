"""The pieces both networks are made of, so that one's encoder can start the other's."""

import torch
from torch import nn

DEPTH = 5


class ConvBlock(nn.Module):
    """(3×3 convolution, batch norm, ReLU) twice: (B, in, H, W) → (B, out, H, W)."""

    def __init__(self, *, in_channels: int, out_channels: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(in_channels, out_channels, 3, padding=1, bias=False)
        self.bn1 = nn.BatchNorm2d(out_channels)
        self.conv2 = nn.Conv2d(out_channels, out_channels, 3, padding=1, bias=False)
        self.bn2 = nn.BatchNorm2d(out_channels)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = torch.relu(self.bn1(self.conv1(x)))
        return torch.relu(self.bn2(self.conv2(x)))


class Upsample(nn.Module):
    """Twice the size, bilinear, half-pixel centres (PyTorch's align_corners=False): (B, C, H, W) → (B, C, 2H, 2W)."""

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return nn.functional.interpolate(x, scale_factor=2, mode="bilinear", align_corners=False)


class Head(nn.Conv2d):
    """1×1 convolution to one logit a pixel. Its bias starts at a lesion's prior (about 2 % of pixels), so that the
    first steps are not spent on learning that most of a head is not tumour (Lin et al. 2017, §4.1)."""

    def __init__(self, *, in_channels: int, prior: float = 0.02) -> None:
        super().__init__(in_channels, 1, 1)
        nn.init.normal_(self.weight, std=0.01)
        nn.init.constant_(self.bias, -torch.logit(torch.tensor(1 - prior)).item())


def widths(base: int) -> list[int]:
    """Channels of the five levels."""
    return [base * 2**i for i in range(DEPTH)]


def add_encoder(network: nn.Module, base: int) -> None:
    """Gives `network` the contracting path x0_0 … x4_0 and its 2×2 max pooling."""
    network.pool = nn.MaxPool2d(2)
    previous = 1
    for i, width in enumerate(widths(base)):
        network.add_module(f"x{i}_0", ConvBlock(in_channels=previous, out_channels=width))
        previous = width
