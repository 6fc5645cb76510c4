"""The papers' networks for images: as large and as costly as published, and each part does what its figure shows."""

from collections.abc import Iterator
from typing import Any

import pytest
import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from miaudit import registry
from miaudit.errors import UserError
from miaudit.models._blocks import Appended, PreActivated, Residual
from miaudit.models.densenet import Densenet
from miaudit.models.wide_resnet import WideResnet
from miaudit.training.like import Like
from miaudit.training.threads import one_thread

COLOUR = (3, 32, 32)

# Parameters as published for CIFAR with 10 classes; multiplications (in millions, a sample) added up from the tables
PUBLISHED = [
    ("resnet", {"depth": 18}, 11_173_962, 556),
    ("resnet", {"depth": 34}, 21_282_122, 1_159),
    ("wide_resnet", {"width": 2}, 1_467_610, 214),
    ("wide_resnet", {"width": 10}, 36_479_194, 5_243),  # 36.5 M in the paper's Table 4
    ("densenet", {}, 6_956_298, 888),
    ("vgg16", {}, 14_728_266, 313),
    ("alexnet", {}, 2_472_266, 15),
]
SMALL: list[tuple[str, dict[str, Any]]] = [
    ("resnet", {"depth": 18}),
    ("wide_resnet", {"depth": 10, "width": 1}),
    ("densenet", {"layers": (3, 3), "growth": 8}),
    ("vgg16", {}),
    ("alexnet", {}),
]


@pytest.fixture(autouse=True)
def calm() -> Iterator[None]:
    """Threads that wait for each other are slow where something else runs."""
    with one_thread():
        yield


def build(name: str, options: dict[str, Any], shape: tuple[int, ...] = COLOUR, classes: int = 10) -> nn.Module:
    torch.manual_seed(0)
    module: nn.Module = registry.build("models", name, options).build(shape, classes)
    return module


@pytest.mark.parametrize(("name", "options", "parameters", "millions"), PUBLISHED)
def test_size_and_cost_are_those_of_the_papers(
    name: str, options: dict[str, Any], parameters: int, millions: int
) -> None:
    module = build(name, options).eval().to("meta")  # on CPUs some maps take fewer multiplications
    assert sum(parameter.numel() for parameter in module.parameters()) == parameters
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        module(torch.zeros(1, *COLOUR, device="meta"))
    assert counter.get_total_flops() / 2e6 == pytest.approx(millions, abs=1)


@pytest.mark.parametrize(("name", "options"), SMALL)
@pytest.mark.parametrize("shape", [COLOUR, (1, 28, 28), (1, 8, 8), (2, 3, 1)])
def test_images_of_any_size(name: str, options: dict[str, Any], shape: tuple[int, ...]) -> None:
    module = build(name, options, shape, classes=7).eval()
    assert module(torch.zeros(2, *shape)).shape == (2, 7)


@pytest.mark.parametrize("name", sorted({*registry.names("models")} - {"mlp"}))
def test_tables_are_refused(name: str) -> None:
    with pytest.raises(UserError, match=rf"{name} expects images of shape \(channels, height, width\), got \(14,\)"):
        build(name, {}, (14,))


@pytest.mark.parametrize(("name", "options"), SMALL)
def test_a_single_record_of_28_pixels_can_be_trained_on(name: str, options: dict[str, Any]) -> None:
    """The last batch of an epoch may have one: batch normalisation must still see more than one pixel."""
    module = build(name, options, (1, 28, 28)).train()
    assert torch.isfinite(module(torch.randn(1, 1, 28, 28))).all()


@pytest.mark.parametrize(("name", "options"), SMALL)
def test_all_parameters_learn(name: str, options: dict[str, Any]) -> None:
    module = build(name, options, (3, 16, 16), classes=4)
    x, y = torch.randn(8, 3, 16, 16), torch.arange(8) % 4
    optimizer = torch.optim.Adam(module.parameters(), lr=2e-3)
    losses: list[float] = []
    while len(losses) < 20 and (not losses or losses[-1] >= 0.5 * losses[0]):
        optimizer.zero_grad()
        loss = nn.functional.cross_entropy(module(x), y)
        loss.backward()  # type: ignore[no-untyped-call]
        losses.append(loss.item())
        optimizer.step()
    # A bias that batch normalisation takes away again has no gradient to speak of, but has one.
    assert all(parameter.grad is not None for parameter in module.parameters())
    assert losses[-1] < 0.5 * losses[0]


@pytest.mark.parametrize(("name", "options"), SMALL)
def test_another_memory_layout_gives_the_same(name: str, options: dict[str, Any]) -> None:
    module = build(name, options).eval()
    x = torch.randn(2, *COLOUR)
    with torch.no_grad():
        plain = module(x)
        module = module.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
        torch.testing.assert_close(module(x.contiguous(memory_format=torch.channels_last)), plain, rtol=1e-3, atol=1e-4)


@pytest.mark.parametrize(("name", "options"), SMALL)
def test_a_copy_can_be_trained_afresh(name: str, options: dict[str, Any]) -> None:
    module = build(name, options)
    copy = Like.of(module).build(COLOUR, 10)
    pairs = list(zip(module.parameters(), copy.parameters(), strict=True))
    assert all(one.shape == other.shape for one, other in pairs)
    assert not torch.equal(pairs[0][0], pairs[0][1])


def test_blocks_by_hand() -> None:
    x = torch.tensor([[[[-1.0]], [[2.0]]]])
    double = nn.Conv2d(2, 2, 1, bias=False)
    with torch.no_grad():
        double.weight.copy_(2 * torch.eye(2)[:, :, None, None])
        assert Residual(double, nn.Identity())(x).flatten().tolist() == [0, 6]
        assert PreActivated(nn.ReLU(), double, None)(x).flatten().tolist() == [-1, 6]
        assert PreActivated(nn.ReLU(), double, double)(x).flatten().tolist() == [0, 8]
        assert Appended(double)(x).flatten().tolist() == [-1, 2, -2, 4]


def test_dense_blocks_grow_and_are_halved_between() -> None:
    module = Densenet(layers=(2, 1), growth=4).build(COLOUR, 3)
    convolutions = [(part.in_channels, part.out_channels) for part in module.modules() if isinstance(part, nn.Conv2d)]
    assert convolutions == [(3, 8), (8, 16), (16, 4), (12, 16), (16, 4), (16, 8), (8, 16), (16, 4)]


def test_wide_networks_have_whole_blocks_and_dropout_where_asked() -> None:
    with pytest.raises(UserError, match=r"model wide_resnet: depth: .*6 k \+ 4, such as 16, 22, 28 or 40; got 20"):
        registry.build("models", "wide_resnet", {"depth": 20})
    module = WideResnet(depth=16, width=1, dropout=0.3).build(COLOUR, 10)
    assert [part.p for part in module.modules() if isinstance(part, nn.Dropout)] == [0.3] * 6
    assert not [part for part in build("wide_resnet", {"depth": 16}).modules() if isinstance(part, nn.Dropout)]


@pytest.mark.parametrize("name", ["resnet", "wide_resnet", "densenet", "vgg16", "alexnet"])
def test_the_paper_is_named(name: str) -> None:
    assert "Paper: " in registry.find("models", name).__doc__
