import pytest
import torch

from miaudit.errors import UserError
from miaudit.models.small_cnn import SmallCnn


def test_layers_and_size_on_mnist() -> None:
    module = SmallCnn().build((1, 28, 28), 10)
    block = ["Conv2d", "MaxPool2d", "Tanh"]
    assert [type(part).__name__ for part in module.children()] == [
        *block,
        *block,
        "Flatten",
        "Linear",
        "Tanh",
        "Linear",
    ]
    # 26 x 24, 601 x 48, 769 x 100 (48 maps of 4 x 4), 101 x 10
    assert sum(parameter.numel() for parameter in module.parameters()) == 624 + 28_848 + 76_900 + 1_010


@pytest.mark.parametrize("shape", [(1, 16, 16), (3, 32, 32), (1, 28, 40)])
def test_images_of_other_sizes(shape: tuple[int, ...]) -> None:
    assert SmallCnn().build(shape, 7)(torch.zeros(2, *shape)).shape == (2, 7)


def test_small_images_need_fewer_convolutions() -> None:
    with pytest.raises(UserError, match=r"8 x 8 pixels are too small for small_cnn with 2 convolutions: use mlp"):
        SmallCnn().build((1, 8, 8), 10)
    assert SmallCnn(channels=(24,)).build((1, 8, 8), 10)(torch.zeros(2, 1, 8, 8)).shape == (2, 10)
