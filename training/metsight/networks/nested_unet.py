"""Nested U-Net (U-Net++): Zhou et al., DLMIA 2018. Names are the paper's: x{i}_{j} is X^{i,j}."""

import torch

from metsight.networks.blocks import ConvBlock, Network, widths


class NestedUNet(Network):
    """Four supervised heads; all but the deepest, head_0_4, are the paper's pruned networks: see `Network`."""

    HEADS = ("head_0_1", "head_0_2", "head_0_3", "head_0_4")

    def __init__(self, *, base: int = 16, fine: int = 0) -> None:
        super().__init__(base=base, fine=fine)
        w = widths(base)
        for j in range(1, 5):
            for i in range(5 - j):
                # X^{i,j} sees all of its row's earlier nodes and the one below.
                self.add_module(f"x{i}_{j}", ConvBlock(in_channels=j * w[i] + w[i + 1], out_channels=w[i]))
        self.add_heads(base)

    def top_row(self, image: torch.Tensor) -> list[torch.Tensor]:
        up, pool = self.up, self.pool
        x0_0 = self.x0_0(image)
        x1_0 = self.x1_0(pool(x0_0))
        x0_1 = self.x0_1(torch.cat([x0_0, up(x1_0)], 1))

        x2_0 = self.x2_0(pool(x1_0))
        x1_1 = self.x1_1(torch.cat([x1_0, up(x2_0)], 1))
        x0_2 = self.x0_2(torch.cat([x0_0, x0_1, up(x1_1)], 1))

        x3_0 = self.x3_0(pool(x2_0))
        x2_1 = self.x2_1(torch.cat([x2_0, up(x3_0)], 1))
        x1_2 = self.x1_2(torch.cat([x1_0, x1_1, up(x2_1)], 1))
        x0_3 = self.x0_3(torch.cat([x0_0, x0_1, x0_2, up(x1_2)], 1))

        x4_0 = self.x4_0(pool(x3_0))
        x3_1 = self.x3_1(torch.cat([x3_0, up(x4_0)], 1))
        x2_2 = self.x2_2(torch.cat([x2_0, x2_1, up(x3_1)], 1))
        x1_3 = self.x1_3(torch.cat([x1_0, x1_1, x1_2, up(x2_2)], 1))
        x0_4 = self.x0_4(torch.cat([x0_0, x0_1, x0_2, x0_3, up(x1_3)], 1))

        return [x0_1, x0_2, x0_3, x0_4]
