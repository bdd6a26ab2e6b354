"""Attention U-Net: Oktay et al., MIDL 2018. theta, phi, psi and alpha are the paper's symbols."""

import torch
from torch import nn

from metsight.networks.blocks import ConvBlock, Network, Upsample, widths


class AttentionGate(nn.Module):
    """Additive attention: x (B, C, H, W) and the coarser gating signal g (B, 2C, H/2, W/2) → alpha (B, 1, H, W).

    alpha = upsample(sigmoid(psi(relu(theta(x) + phi(g))))): theta brings x to g's grid, as in the paper's figure 2.
    """

    def __init__(self, *, x_channels: int, g_channels: int) -> None:
        super().__init__()
        between = max(x_channels // 2, 8)
        self.theta = nn.Conv2d(x_channels, between, 2, stride=2, bias=False)
        self.phi = nn.Conv2d(g_channels, between, 1)
        self.psi = nn.Conv2d(between, 1, 1)
        self.up = Upsample()

    def forward(self, x: torch.Tensor, g: torch.Tensor) -> torch.Tensor:
        return self.up(torch.sigmoid(self.psi(torch.relu(self.theta(x) + self.phi(g)))))


class AttentionUNet(Network):
    """One head, head_0_4: see `Network`."""

    HEADS = ("head_0_4",)

    def __init__(self, *, base: int = 16, fine: int = 0) -> None:
        super().__init__(base=base, fine=fine)
        w = widths(base)
        for i in range(4):
            self.add_module(f"gate_{i + 1}", AttentionGate(x_channels=w[i], g_channels=w[i + 1]))
            self.add_module(f"x{i}_{4 - i}", ConvBlock(in_channels=w[i] + w[i + 1], out_channels=w[i]))
        self.add_heads(base)

    def top_row(self, image: torch.Tensor) -> list[torch.Tensor]:
        up, pool = self.up, self.pool
        x0_0 = self.x0_0(image)
        x1_0 = self.x1_0(pool(x0_0))
        x2_0 = self.x2_0(pool(x1_0))
        x3_0 = self.x3_0(pool(x2_0))
        x4_0 = self.x4_0(pool(x3_0))

        alpha_4 = self.gate_4(x3_0, x4_0)
        x3_1 = self.x3_1(torch.cat([x3_0 * alpha_4, up(x4_0)], 1))
        alpha_3 = self.gate_3(x2_0, x3_1)
        x2_2 = self.x2_2(torch.cat([x2_0 * alpha_3, up(x3_1)], 1))
        alpha_2 = self.gate_2(x1_0, x2_2)
        x1_3 = self.x1_3(torch.cat([x1_0 * alpha_2, up(x2_2)], 1))
        alpha_1 = self.gate_1(x0_0, x1_3)
        return [self.x0_4(torch.cat([x0_0 * alpha_1, up(x1_3)], 1))]
