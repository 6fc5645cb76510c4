import numpy as np
import pytest
import torch

from miaudit import registry
from miaudit.models.base import predict
from miaudit.models.mlp import Mlp
from miaudit.models.smallnet import Smallnet


def parameters(module: torch.nn.Module) -> list[tuple[int, ...]]:
    return [tuple(p.shape) for p in module.parameters()]


@pytest.mark.parametrize("shape", [(7,), (3, 5), (1, 8, 8)])
def test_mlp_flattens_records_of_any_shape(shape: tuple[int, ...]) -> None:
    module = Mlp(hidden=(16, 8)).build(shape, 4)
    assert module(torch.zeros(2, *shape)).shape == (2, 4)
    width = int(np.prod(shape))
    assert parameters(module) == [(16, width), (16,), (8, 16), (8,), (4, 8), (4,)]


def test_mlp_without_a_hidden_layer_is_logistic_regression() -> None:
    assert parameters(Mlp(hidden=()).build((6,), 3)) == [(3, 6), (3,)]


def test_mlp_options_are_in_the_network() -> None:
    module = Mlp(hidden=(4,), activation="tanh", dropout=0.5).build((3,), 2)
    kinds = [type(part).__name__ for part in module.children()]
    assert kinds == ["Flatten", "Linear", "Tanh", "Dropout", "Linear"]


@pytest.mark.parametrize("shape", [(1, 8, 8), (3, 32, 32), (1, 28, 28), (1, 3, 5)])
def test_smallnet_takes_images_of_any_size(shape: tuple[int, ...]) -> None:
    module = Smallnet().build(shape, 10)
    assert module(torch.zeros(2, *shape)).shape == (2, 10)
    convolutions = [p.shape[:2] for p in module.parameters() if p.ndim == 4]
    assert [tuple(pair) for pair in convolutions] == [(32, shape[0]), (64, 32), (64, 64), (128, 64)]


@pytest.mark.parametrize("name", registry.names("models"))
def test_models_draw_their_weights_from_the_callers_seed(name: str) -> None:
    built = []
    for seed in (1, 1, 2):
        torch.manual_seed(seed)
        built.append(registry.build("models", name, {}).build((1, 16, 16), 3))
    weights = [torch.cat([p.flatten() for p in module.parameters()]) for module in built]
    assert torch.equal(weights[0], weights[1])
    assert not torch.equal(weights[0], weights[2])


def test_logits_do_not_depend_on_the_batch_and_leave_the_mode_alone() -> None:
    module = torch.nn.Sequential(torch.nn.Linear(4, 8), torch.nn.Dropout(0.5), torch.nn.Linear(8, 3))
    module[1].eval()
    module[2].eval()
    modes = [part.training for part in module.modules()]
    x = np.random.default_rng(0).normal(size=(23, 4)).astype(np.float32)
    whole, parts = predict(module, x), predict(module, x, batch=5)
    assert whole.dtype == np.float32
    np.testing.assert_allclose(whole, parts, rtol=1e-5)
    assert [part.training for part in module.modules()] == modes


def test_logits_of_records_that_must_not_be_written_to() -> None:
    x = np.ones((3, 4), dtype=np.float32)
    x.flags.writeable = False
    assert predict(torch.nn.Linear(4, 2), x).shape == (3, 2)
