"""Convolutions on maps of few pixels: equal to the library's, in their outputs and gradients."""

from typing import cast

import pytest
import torch
from torch import nn

from miaudit.models._small_maps import SmallMapConvolution


def outputs_and_gradients(layer: nn.Conv2d, x: torch.Tensor) -> list[torch.Tensor]:
    own = x.clone().requires_grad_()
    out = layer(own)
    (out * torch.arange(float(out.numel())).reshape(out.shape)).sum().backward()
    return [cast(torch.Tensor, each) for each in (out, own.grad, layer.weight.grad, layer.bias.grad)]  # type: ignore[union-attr]


@pytest.mark.parametrize("kernel", [1, 3, 5])
@pytest.mark.parametrize("size", [(1, 1), (1, 2), (2, 1), (2, 2), (3, 3), (2, 4)])
def test_equal_to_the_library(kernel: int, size: tuple[int, int]) -> None:
    torch.manual_seed(0)
    small = SmallMapConvolution(3, 4, kernel, padding=kernel // 2).double()
    plain = nn.Conv2d(3, 4, kernel, padding=kernel // 2).double()
    plain.load_state_dict(small.state_dict())
    x = torch.randn(5, 3, *size, dtype=torch.float64)
    for layout in (torch.contiguous_format, torch.channels_last):
        small.zero_grad()
        plain.zero_grad()
        small, plain = small.to(memory_format=layout), plain.to(memory_format=layout)  # type: ignore[call-overload]
        own = outputs_and_gradients(small, x.contiguous(memory_format=layout))
        torch.testing.assert_close(own, outputs_and_gradients(plain, x.contiguous(memory_format=layout)))


def test_small_maps_are_matrix_products_and_others_are_convolutions(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[int, ...]] = []
    plain = nn.Conv2d.forward

    def forward(self: nn.Conv2d, x: torch.Tensor) -> torch.Tensor:
        seen.append(tuple(x.shape[2:]))
        return plain(self, x)

    monkeypatch.setattr(nn.Conv2d, "forward", forward)
    layer = SmallMapConvolution(2, 2, 3, padding=1)
    for side in (1, 2, 3):
        layer(torch.zeros(1, 2, side, side))
    assert seen == [(3, 3)]


def test_precision_of_a_block_is_kept() -> None:
    with torch.autocast("cpu", torch.bfloat16):
        assert SmallMapConvolution(2, 2, 3, padding=1)(torch.zeros(1, 2, 2, 2)).dtype == torch.bfloat16
