"""What both networks are made of, so that one's weights can start the other's."""

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


class Network(nn.Module):
    """(B, 1, H, W) in [0, 1], H and W divisible by 16 → list of logits (B, 1, H, W), the last of which is the answer.

    A subclass gives `top_row`, the nodes that have a head. With `fine` above 0 there is a sixth level of that many
    channels over the papers' five, which then see the slice at half size (H and W divisible by 32): they judge at the
    scale at which they see most of a head for a quarter of the work, and this level corrects their logits where full
    size shows more.
    """

    #: Of `top_row`, shallow to deep.
    HEADS: tuple[str, ...]

    def __init__(self, *, base: int, fine: int) -> None:
        super().__init__()
        self.fine = fine
        self.pool = nn.MaxPool2d(2)
        self.up = Upsample()
        previous = 1
        for i, width in enumerate(widths(base)):
            self.add_module(f"x{i}_0", ConvBlock(in_channels=previous, out_channels=width))
            previous = width

    def add_heads(self, base: int) -> None:
        """Last, so that a seed gives the five levels the same weights with and without the sixth."""
        for name in self.HEADS:
            self.add_module(name, Head(in_channels=base))
        if self.fine:
            self.halve = nn.Conv2d(1, 1, 2, stride=2, bias=False)
            nn.init.constant_(self.halve.weight, 0.25)  # the mean, until it learns better
            self.fine_0 = ConvBlock(in_channels=1, out_channels=self.fine)
            self.fine_1 = ConvBlock(in_channels=self.fine + base, out_channels=self.fine)
            self.head_fine = Head(in_channels=self.fine, prior=0.5)  # of a correction: none at first

    def top_row(self, image: torch.Tensor) -> list[torch.Tensor]:
        raise NotImplementedError

    def forward(self, image: torch.Tensor) -> list[torch.Tensor]:
        nodes = self.top_row(self.halve(image) if self.fine else image)
        logits = [getattr(self, name)(node) for name, node in zip(self.HEADS, nodes, strict=True)]
        if not self.fine:
            return logits
        logits = [self.up(one) for one in logits]
        seen = self.fine_1(torch.cat([self.fine_0(image), self.up(nodes[-1])], 1))
        return [*logits, self.head_fine(seen) + logits[-1]]
