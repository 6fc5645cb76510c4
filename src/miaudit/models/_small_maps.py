"""Convolutions whose input is a map of few pixels, as matrix products. Imports torch."""

import torch
from torch import nn


class SmallMapConvolution(nn.Conv2d):
    """A convolution with an odd kernel and stride 1, whose output is as large as its input.

    On CPUs maps so small that the kernel always covers them whole (2 x 2 pixels under 3 x 3) are multiplied by one
    matrix, which holds the kernel's weight for every pair of an output and an input pixel. There the kernel mostly
    meets padding, by which the library's convolutions multiply too. The outputs are those of the convolution but for
    the last bits.
    """

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        """The outputs (n, after, H, W) for maps (n, before, H, W)."""
        count, before, height, width = x.shape
        after, kernel, pixels = self.out_channels, self.kernel_size[0], height * width
        if x.device.type != "cpu" or max(height, width) > kernel // 2 + 1:
            return super().forward(x)
        # Channels come last in memory: whole runs of them are copied.
        weights = self.weight.permute(0, 2, 3, 1).reshape(after, kernel * kernel, before)
        matrix = weights.index_select(1, _met(height, width, kernel)).reshape(after * pixels, pixels * before)
        maps = x.permute(0, 2, 3, 1).reshape(count, pixels * before)
        out = nn.functional.linear(maps, matrix).reshape(count, after, pixels).transpose(1, 2).contiguous()
        out = out if self.bias is None else out + self.bias.to(out.dtype)
        return out.reshape(count, height, width, after).permute(0, 3, 1, 2)


def _met(height: int, width: int, kernel: int) -> torch.Tensor:
    """For each output pixel, and in it for each input pixel: the place in the kernel by which the two meet."""
    pixels, middle = [(i, j) for i in range(height) for j in range(width)], kernel // 2
    return torch.tensor([(p - i + middle) * kernel + q - j + middle for i, j in pixels for p, q in pixels])
