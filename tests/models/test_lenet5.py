import pytest
import torch
from torch.utils.flop_counter import FlopCounterMode

from miaudit.models.lenet5 import Lenet5

COLOUR = (3, 32, 32)


@pytest.mark.parametrize(("shape", "parameters"), [(COLOUR, 62_006), ((1, 32, 32), 61_706), ((1, 28, 28), 61_706)])
def test_size_is_that_of_the_table(shape: tuple[int, ...], parameters: int) -> None:
    module = Lenet5().build(shape, 10)
    assert sum(parameter.numel() for parameter in module.parameters()) == parameters


def test_cost_is_that_of_the_table() -> None:
    module = Lenet5().build(COLOUR, 10)
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        module(torch.zeros(1, *COLOUR))
    # 28 x 28 x 6 x 75, 10 x 10 x 16 x 150, 400 x 120, 120 x 84, 84 x 10 multiplications
    assert counter.get_total_flops() / 2 == 352_800 + 240_000 + 48_000 + 10_080 + 840


@pytest.mark.parametrize("shape", [(1, 8, 8), (2, 3, 1), (1, 28, 40), (3, 64, 48)])
def test_images_of_any_size(shape: tuple[int, ...]) -> None:
    assert Lenet5(activation="tanh").build(shape, 7)(torch.zeros(2, *shape)).shape == (2, 7)


def test_the_margin_is_even() -> None:
    padding = Lenet5().build((1, 29, 28), 10)[0]  # type: ignore[index]
    image = padding(torch.ones(1, 1, 29, 28))
    assert image.shape == (1, 1, 32, 32)
    assert image[0, 0, 1:30, 2:30].all()
    assert image.sum() == 29 * 28
