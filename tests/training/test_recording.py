import numpy as np
import pytest
import torch
from torch import nn

from miaudit.models.alexnet import Alexnet
from miaudit.models.base import Architecture
from miaudit.models.densenet import Densenet
from miaudit.models.resnet import Resnet
from miaudit.models.vgg16 import Vgg16
from miaudit.models.wide_resnet import WideResnet
from miaudit.training.recording import WARM_UP, Here, can_be_recorded, lane_on


def built(architecture: Architecture) -> nn.Module:
    with torch.device("meta"):
        return architecture.build((3, 32, 32), 10)


@pytest.mark.parametrize("architecture", [Alexnet(), Vgg16(), Resnet(), WideResnet(depth=10, width=1), Densenet()])
def test_networks_for_images_can_be_recorded(architecture: Architecture) -> None:
    assert can_be_recorded(built(architecture))


class Own(nn.Module):
    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x * torch.rand(())


def frozen() -> nn.Module:
    return nn.Sequential(nn.Linear(2, 2).requires_grad_(False))


def hooked() -> nn.Module:
    layer = nn.Linear(2, 2)
    layer.register_forward_hook(lambda *_: None)
    return layer


@pytest.mark.parametrize(
    "module",
    [
        built(WideResnet(depth=10, width=1, dropout=0.1)),
        nn.Sequential(nn.Linear(2, 2), nn.Dropout()),
        Own(),
        frozen(),
        hooked(),
        nn.Linear(2, 2).double(),
    ],
)
def test_what_is_random_unknown_or_watched_cannot(module: nn.Module) -> None:
    assert not can_be_recorded(module)


def test_without_a_gpu_a_step_is_carried_out_as_it_is() -> None:
    lane, done = lane_on("cpu"), []
    assert isinstance(lane, Here)
    play = lane.recorded(lambda: done.append(1))
    assert len(done) == WARM_UP
    with lane.within():
        play()
    lane.mark()()
    assert len(done) == WARM_UP + 1


def test_arrays_are_copied() -> None:
    to = torch.zeros(2, 2)
    Here().copy(to, np.arange(4, dtype=np.float32).reshape(2, 2))
    assert to.tolist() == [[0, 1], [2, 3]]
